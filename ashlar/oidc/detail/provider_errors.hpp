// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/oidc/errors.hpp"

#include <string>
#include <utility>

namespace ashlar::oidc::detail {

// The message is always the same; the cause is for the log.
[[nodiscard]] inline std::unexpected<Error> unavailable(std::string cause) {
  return std::unexpected(
      Error(errors::unavailable, "The sign-in provider is not available now. Try again, or sign in another way.")
          .with_cause(std::move(cause)));
}

[[nodiscard]] inline std::unexpected<Error> refused(std::string cause) {
  return std::unexpected(
      Error(errors::refused, "The answer of the sign-in provider was not accepted. Start the sign-in again.")
          .with_cause(std::move(cause)));
}

}  // namespace ashlar::oidc::detail
