// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar::http {

using FormField = std::pair<std::string_view, std::string_view>;

// The media type of a form that a request sends.
inline constexpr std::string_view form_media_type = "application/x-www-form-urlencoded";

// Text as it stands in a form: every byte but letters, digits and *-._ is percent-encoded (WHATWG URL section 5.2, but
// a space is %20, which every decoder takes).
[[nodiscard]] std::string form_text(std::string_view text);
// "a=b&c=d", names and values encoded.
[[nodiscard]] std::string form_of(std::span<const FormField> fields);

}  // namespace ashlar::http
