// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/password_hash.hpp"

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/core/encoding.hpp"

#include <crypt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <argon2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <memory>
#include <span>
#include <stdexcept>
#include <system_error>

namespace ashlar::auth::detail {
namespace {

constexpr std::string_view pre_hash_key = "ashlar bcrypt input v1";
constexpr std::size_t bcrypt_hash_size = 60;  // $2b$, two digits of cost, $, 22 of salt, 31 of digest
constexpr std::size_t bcrypt_prefix_size = 7;
constexpr std::string_view argon2_prefix = "$argon2id$v=19$";
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t argon2_digest_bytes = 32;
constexpr std::size_t argon2_hash_size_max = 256;

// The library's working memory, 32 KiB, in which it leaves what it made of the password.
class BcryptWorkspace {
 public:
  BcryptWorkspace() : data_(std::make_unique<crypt_data>()) {}
  ~BcryptWorkspace() { OPENSSL_cleanse(data_.get(), sizeof *data_); }
  BcryptWorkspace(const BcryptWorkspace&) = delete;
  BcryptWorkspace& operator=(const BcryptWorkspace&) = delete;

  // Null when the setting is not one. Valid until the next call.
  const char* hash(std::string_view password, const std::string& setting) {
    std::string input = bcrypt_input(password);
    const char* out = crypt_rn(input.c_str(), setting.c_str(), data_.get(), sizeof *data_);
    OPENSSL_cleanse(input.data(), input.size());
    return out;
  }

 private:
  std::unique_ptr<crypt_data> data_;
};

std::string bcrypt_setting(int cost, std::span<const std::byte, salt_bytes> salt) {
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> out{};
  if (crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), reinterpret_cast<const char*>(salt.data()),
                       static_cast<int>(salt.size()), out.data(), static_cast<int>(out.size())) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "crypt_gensalt_rn");
  }
  return out.data();
}

// Reads `name`, a number without leading zeros, and `end`. Nullopt when the text begins otherwise.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view name, char end) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  std::uint32_t out = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || text.front() == '0' || at == text.data() + text.size() || *at != end) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()) + 1);
  return out;
}

std::optional<HashParameters> parse_argon2(std::string_view text) {
  if (!text.starts_with(argon2_prefix)) return std::nullopt;
  text.remove_prefix(argon2_prefix.size());
  const auto memory = take_number(text, "m=", ',');
  if (!memory) return std::nullopt;
  const auto passes = take_number(text, "t=", ',');
  if (!passes) return std::nullopt;
  const auto lanes = take_number(text, "p=", '$');
  if (!lanes || *memory > argon2_memory_kib_max || *memory < 8 * *lanes || *passes > argon2_passes_max ||
      *lanes > argon2_lanes_max) {
    return std::nullopt;
  }
  return HashParameters{.scheme = HashScheme::argon2id, .memory_kib = *memory, .passes = *passes, .lanes = *lanes};
}

void check_argon2(int error) {
  if (error != ARGON2_OK) throw std::runtime_error(std::string("argon2: ") + argon2_error_message(error));
}

std::string hash_argon2(std::string_view password, const HashParameters& p,
                        std::span<const std::byte, salt_bytes> salt) {
  std::array<char, argon2_hash_size_max> out{};
  check_argon2(argon2id_hash_encoded(p.passes, p.memory_kib, p.lanes, password.data(), password.size(), salt.data(),
                                     salt.size(), argon2_digest_bytes, out.data(), out.size()));
  return out.data();
}

}  // namespace

std::optional<HashParameters> parse_parameters(std::string_view hash) {
  if (hash.starts_with("$argon2")) return parse_argon2(hash);
  if (hash.size() < bcrypt_prefix_size ||
      !(hash.starts_with("$2b$") || hash.starts_with("$2a$") || hash.starts_with("$2y$")) || hash[6] != '$') {
    return std::nullopt;
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!is_digit(hash[4]) || !is_digit(hash[5])) return std::nullopt;
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < bcrypt_cost_min || cost > bcrypt_cost_max) return std::nullopt;
  return HashParameters{.scheme = HashScheme::bcrypt, .cost = cost};
}

std::string bcrypt_input(std::string_view password) {
  if (password.size() <= bcrypt_bytes_max && password.find('\0') == std::string_view::npos && is_utf8(password)) {
    return std::string(password);
  }
  std::array<std::byte, 48> digest{};  // of SHA-384
  unsigned size = 0;
  if (HMAC(EVP_sha384(), pre_hash_key.data(), static_cast<int>(pre_hash_key.size()), bytes_of(password),
           password.size(), reinterpret_cast<unsigned char*>(digest.data()), &size) == nullptr) {
    throw_openssl("HMAC");
  }
  return '\xff' + to_base64url(digest);
}

std::string hash_password(std::string_view password, const HashParameters& parameters, Random& random) {
  std::array<std::byte, salt_bytes> salt{};
  random.fill(salt);
  if (parameters.scheme == HashScheme::argon2id) return hash_argon2(password, parameters, salt);
  BcryptWorkspace workspace;
  const char* hash = workspace.hash(password, bcrypt_setting(parameters.cost, salt));
  if (hash == nullptr) throw std::system_error(errno, std::generic_category(), "crypt_rn");
  return hash;
}

Match match_password(std::string_view password, const std::string& hash) {
  const auto parameters = parse_parameters(hash);
  if (!parameters || hash.find('\0') != std::string::npos) return Match::hash_malformed;
  if (parameters->scheme == HashScheme::argon2id) {
    if (hash.size() > argon2_hash_size_max) return Match::hash_malformed;
    switch (argon2id_verify(hash.c_str(), password.data(), password.size())) {
      case ARGON2_OK:
        return Match::yes;
      case ARGON2_VERIFY_MISMATCH:
        return Match::no;
      case ARGON2_MEMORY_ALLOCATION_ERROR:
        throw std::bad_alloc();
      default:
        return Match::hash_malformed;
    }
  }
  if (hash.size() != bcrypt_hash_size) return Match::hash_malformed;
  BcryptWorkspace workspace;
  const char* made = workspace.hash(password, hash);
  if (made == nullptr || std::string_view(made).size() != bcrypt_hash_size) return Match::hash_malformed;
  return equal_in_constant_time(made, hash) ? Match::yes : Match::no;
}

void match_nothing(std::string_view password, const HashParameters& parameters) {
  constexpr std::array<std::byte, salt_bytes> salt{};
  if (parameters.scheme == HashScheme::argon2id) {
    static_cast<void>(hash_argon2(password, parameters, salt));
    return;
  }
  BcryptWorkspace workspace;
  static_cast<void>(workspace.hash(password, bcrypt_setting(parameters.cost, salt)));
}

}  // namespace ashlar::auth::detail
