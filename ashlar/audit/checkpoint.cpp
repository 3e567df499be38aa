// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/checkpoint.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <vector>

namespace ashlar::audit {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t id_bytes = 4;
constexpr std::size_t signature_bytes = 64;
constexpr char ed25519 = '\x01';                    // signed-note's number of the algorithm
constexpr std::string_view dash = "\xe2\x80\x94 ";  // an em dash begins a signature line

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using PrivateOrPublicKey = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
std::span<const std::uint8_t> span_of(std::string_view text) { return {bytes_of(text), text.size()}; }

bool is_origin(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) { return c <= ' ' || c == '+' || c == '\x7f'; }) &&
         is_utf8(text);
}

std::string id_of(std::string_view origin, std::string_view key) {
  const Hash hash = sha256(std::string(origin) + '\n' + ed25519 + std::string(key));
  return {reinterpret_cast<const char*>(hash.data()), id_bytes};
}

std::string hex_of(std::string_view bytes) { return to_hex(std::as_bytes(std::span(bytes))); }

bool verify(std::string_view key, std::string_view text, std::string_view signature) {
  const PrivateOrPublicKey made(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(key), key.size()));
  const Context context(EVP_MD_CTX_new());
  return made && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, made.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<Checkpoint> read_text(std::string_view text) {
  const auto origin = take_line(text);
  const auto size = take_line(text);
  const auto root = take_line(text);
  if (!origin || !size || !root) return std::nullopt;
  const auto number = parse_integer<std::int64_t>(*size);
  const auto hash = hash_from_base64(*root);
  if (!number || *number < 0 || std::to_string(*number) != *size || !hash) return std::nullopt;
  return Checkpoint{.origin = std::string(*origin), .size = *number, .root = *hash};
}

Error invalid(std::string why) {
  return Error(errors::checkpoint_invalid, "The checkpoint is not valid: " + std::move(why) + ".");
}

}  // namespace

std::string Checkpoint::to_text() const { return origin + '\n' + std::to_string(size) + '\n' + to_base64(root) + '\n'; }

CheckpointVerifier::CheckpointVerifier(std::string origin, std::string key)
    : origin_(std::move(origin)), key_(std::move(key)), id_(id_of(origin_, key_)) {}

Result<CheckpointVerifier> CheckpointVerifier::parse(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  const auto refused = [] { return Error(errors::key_invalid, "This is not a verifier key of a log."); };
  if (second == std::string_view::npos || !is_origin(text.substr(0, first))) return std::unexpected(refused());
  const auto key = from_base64(text.substr(second + 1));
  if (!key || key->size() != 1 + key_bytes || key->front() != ed25519) return std::unexpected(refused());
  CheckpointVerifier out(std::string(text.substr(0, first)), key->substr(1));
  if (out.to_text() != text) return std::unexpected(refused());
  return out;
}

std::string CheckpointVerifier::to_text() const {
  return origin_ + '+' + hex_of(id_) + '+' + to_base64(span_of(ed25519 + key_));
}

Result<Checkpoint> CheckpointVerifier::open(std::string_view note) const {
  const std::size_t gap = note.rfind("\n\n");
  if (gap == std::string_view::npos || !is_utf8(note)) return std::unexpected(invalid("it is not a signed note"));
  const auto text = note.substr(0, gap + 1);
  auto signatures = note.substr(gap + 2);
  const std::string begin = std::string(dash) + origin_ + ' ';
  bool verified = false;
  while (!signatures.empty()) {
    const auto line = take_line(signatures);
    if (!line || !line->starts_with(dash)) return std::unexpected(invalid("a signature line is malformed"));
    if (!line->starts_with(begin)) continue;  // of a witness
    const auto bytes = from_base64(line->substr(begin.size()));
    if (!bytes || bytes->size() != id_bytes + signature_bytes || !bytes->starts_with(id_)) continue;
    if (!verify(key_, text, std::string_view(*bytes).substr(id_bytes)))
      return std::unexpected(invalid("the signature is wrong"));
    verified = true;
  }
  if (!verified) return std::unexpected(invalid("it has no signature of this key"));
  auto out = read_text(text);
  if (!out) return std::unexpected(invalid("its text is malformed"));
  if (out->origin != origin_) return std::unexpected(invalid("it is of another log"));
  return std::move(*out);
}

struct CheckpointSigner::State {
  PrivateOrPublicKey key;
  CheckpointVerifier verifier;
};

CheckpointSigner::CheckpointSigner(std::string origin, std::string_view seed) {
  if (!is_origin(origin)) throw std::invalid_argument("the origin of an audit log has no white space and no +");
  if (seed.size() != key_bytes) throw std::invalid_argument("a key of an audit log has 32 bytes");
  PrivateOrPublicKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
  std::string point(key_bytes, '\0');
  std::size_t size = point.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(point.data()), &size) != 1)
    throw std::runtime_error("OpenSSL: an Ed25519 key cannot be made");
  state_ = std::make_unique<State>(std::move(key), CheckpointVerifier(std::move(origin), std::move(point)));
}

CheckpointSigner::~CheckpointSigner() = default;

std::string CheckpointSigner::sign(std::int64_t size, const Hash& root) const {
  const auto& [key, verifier] = *state_;
  const std::string text = Checkpoint{.origin = verifier.origin(), .size = size, .root = root}.to_text();
  const Context context(EVP_MD_CTX_new());
  std::array<unsigned char, signature_bytes> signature{};
  std::size_t length = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &length, bytes_of(text), text.size()) != 1)
    throw std::runtime_error("OpenSSL: Ed25519 failed");
  std::string bytes = verifier.id_;
  bytes.append(reinterpret_cast<const char*>(signature.data()), signature.size());
  return text + '\n' + std::string(dash) + verifier.origin() + ' ' + to_base64(span_of(bytes)) + '\n';
}

const CheckpointVerifier& CheckpointSigner::verifier() const { return state_->verifier; }

}  // namespace ashlar::audit
