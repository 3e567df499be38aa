// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ashlar::web::detail {

// What a file is by its name's ending (the text behind its last dot, case aside); application/octet-stream when that
// says nothing. Text is UTF-8.
[[nodiscard]] std::string_view media_type_of_file(std::string_view name);

}  // namespace ashlar::web::detail
