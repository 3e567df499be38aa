// SPDX-License-Identifier: Apache-2.0
#include "ashlar/config/secret_strength.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace ashlar::config {

namespace {

constexpr double bits_per_byte_min = 2;

// Parts of placeholders in documentation, templates and tutorials. Compared ignoring case, '-', '_', '.' and blanks.
constexpr std::array<std::string_view, 18> printed = {
    "changeme",   "changethis", "replaceme", "replacethis", "placeholder", "yourown",
    "yoursecret", "yourjwt",    "yourtoken", "yourkey",     "supersecret", "secretkey",
    "topsecret",  "mysecret",   "atleast32", "insertyour",  "notasecret",  "tokenofthescraper"};
// Printed by earlier versions of .env.example as ADMIN_PASSWORD.
constexpr std::string_view printed_password = "a-long-password";

std::string simplified(std::string_view text) {
  std::string out = ascii_lower(text);
  std::erase_if(out, [](char c) { return c == '-' || c == '_' || c == '.' || c == ' '; });
  return out;
}

// The length of the shortest text whose repetition is the secret; the secret's own length when there is none.
std::size_t period_of(std::string_view text) {
  for (std::size_t period = 1; period <= text.size() / 2; ++period)
    if (text.substr(period) == text.substr(0, text.size() - period)) return period;
  return text.size();
}

// Bits, of all symbols together.
double shannon_bits(const std::array<std::size_t, 256>& counts, std::size_t total) {
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    bits -= static_cast<double>(count) * std::log2(static_cast<double>(count) / static_cast<double>(total));
  }
  return bits;
}

double entropy_bits(std::string_view text) {
  if (text.size() < 2) return 0;
  std::array<std::size_t, 256> bytes{}, differences{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    ++bytes[static_cast<std::uint8_t>(text[i])];
    if (i > 0) ++differences[static_cast<std::uint8_t>(text[i] - text[i - 1])];
  }
  return std::min(shannon_bits(bytes, text.size()), shannon_bits(differences, text.size() - 1));
}

}  // namespace

std::optional<std::string> secret_weakness(std::string_view secret, std::size_t bytes_min) {
  const std::string plain = simplified(secret);
  const bool is_printed = std::ranges::any_of(printed, [&](std::string_view part) { return plain.contains(part); });
  if (is_printed || secret == printed_password)
    return "contains a placeholder that documentation prints; generate one: openssl rand -hex 32";
  const std::string_view unit = secret.substr(0, period_of(secret));
  if (entropy_bits(unit) < bits_per_byte_min * static_cast<double>(bytes_min))
    return "is too easy to guess; generate one: openssl rand -hex 32";
  return std::nullopt;
}

}  // namespace ashlar::config
