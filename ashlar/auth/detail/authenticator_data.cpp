// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/authenticator_data.hpp"

#include "ashlar/auth/detail/cbor.hpp"
#include "ashlar/auth/detail/cose_key.hpp"

#include <algorithm>
#include <string>

namespace ashlar::auth::detail {
namespace {

constexpr std::size_t hash_bytes = 32;
constexpr std::size_t aaguid_bytes = 16;
constexpr std::size_t count_bytes = 4;
constexpr std::size_t length_bytes = 2;

constexpr unsigned flag_user_present = 0x01;
constexpr unsigned flag_user_verified = 0x04;
constexpr unsigned flag_backup_eligible = 0x08;
constexpr unsigned flag_backed_up = 0x10;
constexpr unsigned flag_credential = 0x40;
constexpr unsigned flag_extensions = 0x80;

std::unexpected<Error> malformed(const char* what) {
  return fail(errors::webauthn_malformed, std::string("The authenticator data ") + what + ".");
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t out = 0;
  for (const char byte : bytes) out = out << 8 | static_cast<unsigned char>(byte);
  return out;
}

// The next `count` bytes of `rest`; fewer when there are fewer.
std::string_view take(std::string_view& rest, std::size_t count) {
  const std::string_view out = rest.substr(0, count);
  rest.remove_prefix(out.size());
  return out;
}

Result<AuthenticatorData::Credential> read_credential(std::string_view& rest, std::size_t id_bytes_max) {
  if (rest.size() < aaguid_bytes + length_bytes) return malformed("ends within the credential");
  AuthenticatorData::Credential out{.aaguid = take(rest, aaguid_bytes), .id = {}, .public_key = {}};
  const std::size_t id_bytes = big_endian(take(rest, length_bytes));
  if (id_bytes == 0 || id_bytes > id_bytes_max) return malformed("has a credential id of a length that is not allowed");
  if (rest.size() < id_bytes) return malformed("ends within the credential id");
  out.id = take(rest, id_bytes);
  const auto key = read_cose_key(rest);
  if (!key) return std::unexpected(key.error());
  out.public_key = take(rest, key->bytes);
  return out;
}

Result<> read_extensions(std::string_view& rest) {
  CborReader reader(rest);
  const auto map = reader.next();
  if (!map || map->kind != CborItem::Kind::map || !reader.skip(*map)) return malformed("has malformed extensions");
  rest.remove_prefix(reader.position());
  return {};
}

}  // namespace

Result<AuthenticatorData> read_authenticator_data(std::string_view bytes, std::size_t credential_id_bytes_max) {
  std::string_view rest = bytes;
  if (rest.size() < hash_bytes + 1 + count_bytes) return malformed("is too short");
  AuthenticatorData out;
  out.id_hash = take(rest, hash_bytes);
  const unsigned flags = static_cast<unsigned char>(take(rest, 1).front());
  out.sign_count = big_endian(take(rest, count_bytes));
  out.user_present = (flags & flag_user_present) != 0;
  out.user_verified = (flags & flag_user_verified) != 0;
  out.backup_eligible = (flags & flag_backup_eligible) != 0;
  out.backed_up = (flags & flag_backed_up) != 0;
  if (out.backed_up && !out.backup_eligible) return malformed("is backed up without being eligible");
  if ((flags & flag_credential) != 0) {
    auto credential = read_credential(rest, credential_id_bytes_max);
    if (!credential) return std::unexpected(std::move(credential.error()));
    out.credential = *credential;
  }
  if ((flags & flag_extensions) != 0) {
    if (auto read = read_extensions(rest); !read) return std::unexpected(std::move(read.error()));
  }
  if (!rest.empty()) return malformed("has bytes after its end");
  return out;
}

}  // namespace ashlar::auth::detail
