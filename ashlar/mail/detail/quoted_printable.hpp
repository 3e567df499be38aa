// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ashlar::mail::detail {

// RFC 2045 section 6.7. Lines of `text` end with LF, CR LF or CR; each line of the output ends with CR LF, the last
// one, too, and has at most 76 characters before it.
void append_quoted_printable(std::string_view text, std::string& out);

}  // namespace ashlar::mail::detail
