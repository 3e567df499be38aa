// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// The "relaxed" canonical forms of RFC 6376 section 3.4. Lines end with CR LF.
namespace ashlar::mail::detail {

// Each field as "name:value\r\n": the name in lower case, unfolded, white space reduced.
[[nodiscard]] std::vector<std::string> relaxed_fields(std::string_view head);
[[nodiscard]] std::string relaxed_body(std::string_view body);

}  // namespace ashlar::mail::detail
