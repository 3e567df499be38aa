// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/keys.hpp"

#include "ashlar/auth/detail/jwk.hpp"
#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/auth/detail/signatures.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <utility>

namespace ashlar::auth {
namespace {

constexpr std::size_t secret_bytes_min = 32;  // RFC 7518 section 3.2: as long as the hash
constexpr std::size_t secret_bytes_max = 1024;
constexpr std::size_t id_bytes_max = 256;
constexpr std::size_t jwk_bytes_max = 16 * 1024;

std::unexpected<Error> refused(std::string why) { return fail(errors::key_invalid, std::move(why)); }

std::string random_bytes(std::size_t size, Random& random) {
  std::string out(size, '\0');
  random.fill(std::as_writable_bytes(std::span(out)));
  return out;
}

// It begins with a letter: a command that takes it as an argument reads what begins with "-" as an option.
std::string new_id(Random& random) {
  std::array<std::byte, 12> bytes{};
  random.fill(bytes);
  bytes[0] &= std::byte{0x7F};
  return to_base64url(bytes);
}

}  // namespace

std::string_view name_of(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::hs256:
      return "HS256";
    case SignatureAlgorithm::rs256:
      return "RS256";
    case SignatureAlgorithm::es256:
      return "ES256";
    case SignatureAlgorithm::eddsa:
      return "EdDSA";
  }
  return {};
}

std::optional<SignatureAlgorithm> parse_algorithm(std::string_view name) {
  for (const auto algorithm :
       {SignatureAlgorithm::hs256, SignatureAlgorithm::rs256, SignatureAlgorithm::es256, SignatureAlgorithm::eddsa}) {
    if (name == name_of(algorithm)) return algorithm;
  }
  return std::nullopt;
}

// `secret` and `hmac` are of HS256, `pair` is of the others.
struct Key::Material {
  Material(SignatureAlgorithm its_algorithm, std::string its_id, Part its_part, detail::PKey its_pair)
      : algorithm(its_algorithm), id(std::move(its_id)), part(its_part), pair(std::move(its_pair)) {}
  Material(std::string its_id, std::string its_secret)
      : algorithm(SignatureAlgorithm::hs256),
        id(std::move(its_id)),
        part(Part::private_too),
        secret(std::in_place, std::move(its_secret)),
        hmac(secret->text()) {}

  SignatureAlgorithm algorithm;
  std::string id;
  Part part;
  detail::PKey pair;
  std::optional<detail::Wiped> secret;
  std::optional<detail::HmacSha256> hmac;
};

Key Key::from_secret(std::string_view secret, std::string id) {
  if (secret.size() < secret_bytes_min) throw std::invalid_argument("A secret of HS256 has at least 32 bytes.");
  return Key(std::make_shared<const Material>(std::move(id), std::string(secret)));
}

Key Key::generate(SignatureAlgorithm algorithm, Random& random) {
  std::string id = new_id(random);
  if (algorithm == SignatureAlgorithm::hs256) {
    return Key(std::make_shared<const Material>(std::move(id), random_bytes(secret_bytes_min, random)));
  }
  return Key(
      std::make_shared<const Material>(algorithm, std::move(id), Part::private_too, detail::generate_key(algorithm)));
}

Result<Key> Key::parse_jwk(std::string_view json) {
  if (json.size() > jwk_bytes_max) return refused("A JWK has at most 16 KiB.");
  const auto jwk = schema::read_json<detail::Jwk>(json, {.unknown = schema::ReadOptions::Unknown::ignore});
  if (!jwk) return refused("This is not a JWK.");
  const auto algorithm = detail::algorithm_of(*jwk);
  if (!algorithm) return refused("The JWK is of a type, use or algorithm that is not supported.");
  std::string id = jwk->kid.value_or("");
  if (id.size() > id_bytes_max) return refused("A key id has at most 256 bytes.");
  if (*algorithm == SignatureAlgorithm::hs256) {
    auto secret = from_base64url(jwk->k.value_or(""));
    if (!secret || secret->size() < secret_bytes_min || secret->size() > secret_bytes_max) {
      return refused("A secret of HS256 has 32 to 1,024 bytes.");
    }
    return Key(std::make_shared<const Material>(std::move(id), std::move(*secret)));
  }
  const Part part = jwk->d ? Part::private_too : Part::public_only;
  detail::PKey pair = detail::import_jwk(*jwk, *algorithm);
  if (!pair) {
    detail::forget_openssl_errors();
    return refused("The JWK's key is malformed, too weak or too large.");
  }
  // OpenSSL does not compare the two parts.
  constexpr std::string_view probe = "the private part belongs to the public one";
  if (part == Part::private_too) {
    try {
      if (!detail::verify_with(pair.get(), *algorithm, probe, detail::sign_with(pair.get(), *algorithm, probe))) {
        return refused("The JWK's private part does not belong to its public one.");
      }
    } catch (const std::runtime_error&) {
      return refused("The JWK's private part cannot sign.");
    }
  }
  return Key(std::make_shared<const Material>(*algorithm, std::move(id), part, std::move(pair)));
}

SignatureAlgorithm Key::algorithm() const { return material_->algorithm; }
const std::string& Key::id() const { return material_->id; }
Key::Part Key::part() const { return material_->part; }

std::string Key::private_jwk() const {
  if (material_->part != Part::private_too) throw std::logic_error("This key has no private part.");
  detail::Jwk out;
  if (material_->secret) {
    out.kty = "oct";
    out.use = "sig";
    out.alg = name_of(material_->algorithm);
    out.k = to_base64url(std::as_bytes(std::span(material_->secret->text())));
  } else {
    out = detail::export_jwk(material_->pair.get(), material_->algorithm, Part::private_too);
  }
  if (!material_->id.empty()) out.kid = material_->id;
  return schema::to_json(out);
}

std::optional<std::string> Key::public_jwk() const {
  if (material_->secret) return std::nullopt;
  detail::Jwk out = detail::export_jwk(material_->pair.get(), material_->algorithm, Part::public_only);
  if (!material_->id.empty()) out.kid = material_->id;
  return schema::to_json(out);
}

std::string Key::sign(std::string_view text) const {
  if (material_->part != Part::private_too) throw std::logic_error("A public key does not sign.");
  if (material_->hmac) return material_->hmac->sign(text);
  return detail::sign_with(material_->pair.get(), material_->algorithm, text);
}

bool Key::verify(std::string_view text, std::string_view signature) const {
  if (material_->hmac) return detail::equal_in_constant_time(material_->hmac->sign(text), signature);
  return detail::verify_with(material_->pair.get(), material_->algorithm, text, signature);
}

}  // namespace ashlar::auth
