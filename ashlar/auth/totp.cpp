// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/totp.hpp"

#include "ashlar/auth/detail/openssl.hpp"

#include <oath.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

namespace ashlar::auth {
namespace {

constexpr std::size_t secret_bytes = 20;
constexpr unsigned digits = 6;
constexpr std::int64_t step_seconds = 30;
constexpr int window_steps_max = 2;

struct Free {
  void operator()(char* text) const { std::free(text); }  // liboath's malloc
};

std::string code_of_step(std::string_view secret, std::int64_t step) {
  std::array<char, digits + 1> out{};
  const int error = oath_totp_generate2(secret.data(), secret.size(), static_cast<std::time_t>(step * step_seconds),
                                        step_seconds, 0, digits, 0, out.data());
  if (error != OATH_OK) throw std::runtime_error(std::string("liboath: ") + oath_strerror(error));
  return out.data();
}

bool is_code(std::string_view text) {
  return text.size() == digits && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// RFC 3986 section 2.3: all but unreserved characters.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view unreserved = "-._~";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    const bool alphanumeric = (u >= '0' && u <= '9') || ((u | 0x20U) >= 'a' && (u | 0x20U) <= 'z');
    if (alphanumeric || unreserved.contains(c)) {
      out += c;
    } else {
      out += '%';
      out += hex[u >> 4];
      out += hex[u & 15];
    }
  }
  return out;
}

}  // namespace

std::string new_totp_secret(Random& random) {
  std::string out(secret_bytes, '\0');
  random.fill(std::as_writable_bytes(std::span(out)));
  return out;
}

std::string totp_secret_text(std::string_view secret) {
  char* text = nullptr;
  std::size_t size = 0;
  if (oath_base32_encode(secret.data(), secret.size(), &text, &size) != OATH_OK) {
    throw std::runtime_error("liboath: oath_base32_encode");
  }
  const std::unique_ptr<char, Free> owner(text);
  std::string out(text, size);
  OPENSSL_cleanse(text, size);
  out.erase(std::find(out.begin(), out.end(), '='), out.end());
  return out;
}

std::optional<std::int64_t> verify_totp(std::string_view secret, std::string_view code, Timestamp now,
                                        std::optional<std::int64_t> last_step, const TotpOptions& options) {
  if (options.window_steps < 0 || options.window_steps > window_steps_max) {
    throw std::invalid_argument("The window of TOTP is 0 to 2 steps on each side.");
  }
  if (!is_code(code)) return std::nullopt;
  const std::int64_t current = now.seconds() / step_seconds;
  std::optional<std::int64_t> out;
  // The latest matching step: when two steps have the same code, the earlier one must not stay usable.
  for (std::int64_t step = current - options.window_steps; step <= current + options.window_steps; ++step) {
    if (step < 0) continue;
    if (detail::equal_in_constant_time(code_of_step(secret, step), code)) out = step;
  }
  if (!out || (last_step && *out <= *last_step)) return std::nullopt;
  return out;
}

std::string totp_code(std::string_view secret, Timestamp now) {
  return code_of_step(secret, now.seconds() / step_seconds);
}

std::string otpauth_url(std::string_view issuer, std::string_view account, std::string_view secret) {
  return "otpauth://totp/" + percent_encoded(issuer) + ":" + percent_encoded(account) +
         "?secret=" + totp_secret_text(secret) + "&issuer=" + percent_encoded(issuer) +
         "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace ashlar::auth
