// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/bcrypt.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

namespace ashlar::auth::detail {
namespace {

constexpr std::string_view alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t hash_size = 60;  // $2b$, two digits of cost, $, 22 of salt, 31 of digest
constexpr std::size_t digest_size = 31;

// The library's working memory, 32 KiB, in which it leaves what it made of the password.
class Workspace {
 public:
  Workspace() : data_(std::make_unique<crypt_data>()) {}
  ~Workspace() { OPENSSL_cleanse(data_.get(), sizeof *data_); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  // Null when the setting is not one. Valid until the next call.
  const char* hash(const std::string& password, const std::string& setting) {
    return crypt_rn(password.c_str(), setting.c_str(), data_.get(), sizeof *data_);
  }

 private:
  std::unique_ptr<crypt_data> data_;
};

std::string setting_of(int cost, Random& random) {
  std::array<std::byte, 16> salt{};
  random.fill(salt);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> out{};
  if (crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), reinterpret_cast<const char*>(salt.data()),
                       static_cast<int>(salt.size()), out.data(), static_cast<int>(out.size())) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "crypt_gensalt_rn");
  }
  return out.data();
}

}  // namespace

std::string bcrypt(const std::string& password, int cost, Random& random) {
  Workspace workspace;
  const char* hash = workspace.hash(password, setting_of(cost, random));
  if (hash == nullptr) throw std::system_error(errno, std::generic_category(), "crypt_rn");
  return hash;
}

std::string bcrypt_of_nobody(int cost, Random& random) {
  std::array<std::byte, digest_size> digest{};
  random.fill(digest);
  std::string out = setting_of(cost, random);
  for (const std::byte byte : digest) out += alphabet[std::to_integer<std::size_t>(byte) % alphabet.size()];
  return out;
}

Match matches(const std::string& password, const std::string& hash) {
  if (hash.size() != hash_size || !(hash.starts_with("$2b$") || hash.starts_with("$2a$") || hash.starts_with("$2y$"))) {
    return Match::hash_malformed;
  }
  Workspace workspace;
  const char* made = workspace.hash(password, hash);
  if (made == nullptr || std::string_view(made).size() != hash_size) return Match::hash_malformed;
  return CRYPTO_memcmp(made, hash.data(), hash_size) == 0 ? Match::yes : Match::no;
}

}  // namespace ashlar::auth::detail
