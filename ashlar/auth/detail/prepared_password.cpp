// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/prepared_password.hpp"

#include <openssl/crypto.h>

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace ashlar::auth::detail {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }  // utf8proc's malloc
};

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

utf8proc_int32_t to_plain_space(utf8proc_int32_t code_point, void* /*unused*/) {
  return utf8proc_category(code_point) == UTF8PROC_CATEGORY_ZS ? ' ' : code_point;
}

}  // namespace

std::string prepare_password(std::string_view password) {
  if (is_ascii(password)) return std::string(password);
  std::uint8_t* mapped = nullptr;
  const auto size = utf8proc_map_custom(
      reinterpret_cast<const std::uint8_t*>(password.data()), static_cast<utf8proc_ssize_t>(password.size()), &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE), to_plain_space, nullptr);
  const std::unique_ptr<std::uint8_t, Free> owner(mapped);
  if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (size < 0) return std::string(password);
  std::string out(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
  OPENSSL_cleanse(mapped, static_cast<std::size_t>(size));
  return out;
}

}  // namespace ashlar::auth::detail
