// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/password_policy.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/auth/detail/frequent_passwords.hpp"
#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/auth/detail/prepared_password.hpp"
#include "ashlar/core/encoding.hpp"

#include <openssl/evp.h>

#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

namespace ashlar::auth {
namespace {

using schema::Violation;

constexpr std::size_t characters_ever_max = 1024;
constexpr std::size_t estimated_bytes_max = 72;  // zxcvbn takes more than linear time
constexpr std::size_t personal_words_max = 32;
constexpr std::size_t personal_bytes_max = 64;
constexpr std::size_t personal_part_bytes_min = 3;
constexpr std::size_t prefix_digits = 5;

// The words in lower case, and their parts between characters that are no letters, digits or non-ASCII.
std::vector<std::string> personal_words(const std::vector<std::string>& given) {
  std::vector<std::string> out;
  const auto add = [&out](std::string_view word) {
    if (word.size() >= personal_part_bytes_min && word.size() <= personal_bytes_max &&
        out.size() < personal_words_max) {
      out.push_back(ascii_lower(word));
    }
  };
  const auto is_part = [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x80 || (u >= '0' && u <= '9') || ((u | 0x20U) >= 'a' && (u | 0x20U) <= 'z');
  };
  for (const std::string& word : given) {
    add(word);
    for (auto from = word.begin(); from != word.end();) {
      from = std::find_if(from, word.end(), is_part);
      const auto to = std::find_if_not(from, word.end(), is_part);
      if (std::string_view(from, to) != word) add({from, to});
      from = to;
    }
  }
  return out;
}

double guess_bits(std::string_view password, const std::vector<std::string>& words) {
  std::array<const char*, personal_words_max + 1> dictionary{};
  std::ranges::transform(words, dictionary.begin(), [](const std::string& word) { return word.c_str(); });
  std::size_t size = std::min(password.size(), estimated_bytes_max);
  while (size < password.size() && size > 0 && (static_cast<unsigned char>(password[size]) & 0xc0U) == 0x80U) --size;
  const detail::Wiped bounded{std::string(password.substr(0, size))};
  return ZxcvbnMatch(bounded.text().c_str(), dictionary.data(), nullptr);
}

// SHA-1 in upper-case hexadecimal, as the service has it.
std::string sha1_digits(std::string_view password) {
  std::array<std::byte, 20> digest{};
  if (EVP_Digest(password.data(), password.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha1(),
                 nullptr) != 1) {
    detail::throw_openssl("EVP_Digest");
  }
  std::string out = to_hex(digest);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
  return out;
}

// Whether a line of the range has these digits and a count over zero.
bool range_holds(std::string_view range, std::string_view digits) {
  while (!range.empty()) {
    const std::string_view line = range.substr(0, range.find('\n'));
    range.remove_prefix(std::min(range.size(), line.size() + 1));
    if (line.size() <= digits.size() + 1 || line[digits.size()] != ':' ||
        !ascii_iequals(line.substr(0, digits.size()), digits)) {
      continue;
    }
    std::uint64_t count = 0;
    const auto read = std::from_chars(line.data() + digits.size() + 1, line.data() + line.size(), count);
    return read.ec != std::errc{} || count > 0;  // a count out of range is not zero
  }
  return false;
}

PasswordPolicyOptions checked(PasswordPolicyOptions options) {
  if (options.characters_min < 1 || options.characters_min > options.characters_max ||
      options.characters_max > characters_ever_max) {
    throw std::invalid_argument("A password's least and greatest length are 1 to 1,024 characters, in this order.");
  }
  return options;
}

}  // namespace

PasswordPolicy::PasswordPolicy(PasswordPolicyOptions options, const BreachRanges* breaches)
    : options_(checked(options)), breaches_(breaches) {}

schema::Check PasswordPolicy::check(std::string_view password, const std::vector<std::string>& personal) const {
  const std::string too_long = "must have at most " + std::to_string(options_.characters_max) + " characters";
  if (password.size() > 4 * characters_ever_max) return Violation{"too_long", too_long};
  if (!is_utf8(password) || password.find('\0') != std::string_view::npos) {
    return Violation{"text", "must be UTF-8 without NUL characters"};
  }
  const detail::Wiped prepared(detail::prepare_password(password));
  const std::size_t characters = utf8_length(prepared.text());
  if (characters < options_.characters_min) {
    return Violation{"too_short", "must have at least " + std::to_string(options_.characters_min) + " characters"};
  }
  if (characters > options_.characters_max) return Violation{"too_long", too_long};
  const std::vector<std::string> words = personal_words(personal);
  const auto is_password = [&prepared](const std::string& word) { return ascii_iequals(word, prepared.text()); };
  if (is_frequent_password(prepared.text()) || std::ranges::any_of(words, is_password)) {
    return Violation{"common_password", "is one of the passwords that are tried first"};
  }
  if (guess_bits(prepared.text(), words) < options_.guess_bits_min) {
    return Violation{"guessable_password", "is too easy to guess; add a word or two"};
  }
  return std::nullopt;
}

Task<Result<schema::Check>> PasswordPolicy::check_with_breaches(std::string password,
                                                                std::vector<std::string> personal) const {
  const detail::Wiped secret(std::move(password));
  if (auto violation = check(secret.text(), personal); violation || breaches_ == nullptr) co_return violation;
  const detail::Wiped prepared(detail::prepare_password(secret.text()));
  const std::string digits = sha1_digits(prepared.text());
  auto range =
      co_await async::with_deadline(breaches_->range(digits.substr(0, prefix_digits)), options_.breach_time_max);
  if (!range) {
    if (options_.on_breach_failure == PasswordPolicyOptions::OnBreachFailure::refuse) {
      co_return std::unexpected(std::move(range.error()));
    }
    co_return schema::Check{};
  }
  if (range_holds(*range, std::string_view(digits).substr(prefix_digits))) {
    co_return Violation{"breached_password", "is known from a leak; choose another one"};
  }
  co_return schema::Check{};
}

}  // namespace ashlar::auth
