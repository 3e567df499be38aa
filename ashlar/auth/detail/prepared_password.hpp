// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ashlar::auth::detail {

// The form in which passwords are compared: spaces of other scripts become U+0020, then NFC (RFC 8265 section 4.2.2,
// rules 2 and 4), so that one password typed on two keyboards is one password. Text that is not UTF-8 comes back as it
// is. Nothing else is refused or changed: the policy decides what a new password may be.
//
// This is the only place of the module that normalises.
[[nodiscard]] std::string prepare_password(std::string_view password);

}  // namespace ashlar::auth::detail
