// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/openssl.hpp"

#include <openssl/err.h>

#include <array>
#include <stdexcept>

namespace ashlar::auth::detail {

void throw_openssl(const char* what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  throw std::runtime_error(std::string(what) + ": " + text.data());
}

void forget_openssl_errors() { ERR_clear_error(); }

}  // namespace ashlar::auth::detail
