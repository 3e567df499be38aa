// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/compact_jws.hpp"
#include "ashlar/auth/keys.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/schema/json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace ashlar::auth {

// How KeySet::to_json writes an entry: the JWK as text, since Key reads and checks it.
struct StoredKey {
  Timestamp signs_from;
  std::optional<Timestamp> verifies_until;
  std::string jwk;
};
ASHLAR_DESCRIBE(StoredKey, signs_from, verifies_until, jwk)

struct StoredKeys {
  std::vector<StoredKey> keys;
};
ASHLAR_DESCRIBE(StoredKeys, keys)

namespace {

constexpr std::size_t keys_max = 32;
constexpr std::size_t jwks_bytes_max = 256 * 1024;
constexpr std::size_t jwks_keys_max = 256;  // looked at
constexpr Timestamp always = Timestamp::from_milliseconds(Timestamp::milliseconds_min);

bool has_ended(const KeySetEntry& entry, Timestamp now) { return entry.verifies_until && *entry.verifies_until <= now; }

// What is wrong with the entries; null when nothing is.
const char* fault_of(const std::vector<KeySetEntry>& entries) {
  if (entries.empty()) return "A key set has at least one key.";
  if (entries.size() > keys_max) return "A key set has at most 32 keys.";
  for (auto a = entries.begin(); a != entries.end(); ++a) {
    for (auto b = a + 1; b != entries.end(); ++b) {
      if (a->key.id() == b->key.id() && a->key.algorithm() == b->key.algorithm()) {
        return "Two keys of a set have the same id and algorithm.";
      }
    }
  }
  return nullptr;
}

}  // namespace

KeySet::KeySet(Key only) : entries_{{.key = std::move(only), .signs_from = always, .verifies_until = std::nullopt}} {}

KeySet::KeySet(std::vector<KeySetEntry> entries) : entries_(std::move(entries)) {
  if (const char* fault = fault_of(entries_)) throw std::invalid_argument(fault);
}

const KeySetEntry* KeySet::signing_entry(Timestamp now) const {
  const KeySetEntry* out = nullptr;
  for (const KeySetEntry& entry : entries_) {
    if (entry.key.part() != Key::Part::private_too || entry.signs_from > now || has_ended(entry, now)) continue;
    // Of two that began at once the id decides, so that every instance chooses the same one.
    if (out == nullptr || std::pair(out->signs_from, std::string_view(out->key.id())) <
                              std::pair(entry.signs_from, std::string_view(entry.key.id()))) {
      out = &entry;
    }
  }
  return out;
}

std::string KeySet::sign(std::string_view type, std::string_view payload, Timestamp now) const {
  const KeySetEntry* entry = signing_entry(now);
  if (entry == nullptr) throw std::logic_error("No key of the set may sign now.");
  std::string out = detail::encode_jws_header(name_of(entry->key.algorithm()), type, entry->key.id());
  out += '.';
  out += to_base64url(std::as_bytes(std::span(payload)));
  const std::string signature = entry->key.sign(out);
  out += '.';
  out += to_base64url(std::as_bytes(std::span(signature)));
  return out;
}

std::optional<KeySet::Verified> KeySet::verify(std::string_view token, Timestamp now) const {
  auto jws = detail::parse_compact_jws(token);
  if (!jws) return std::nullopt;
  for (const KeySetEntry& entry : entries_) {
    const bool named = entry.key.id() == jws->key_id || (jws->key_id.empty() && entries_.size() == 1);
    if (!named || jws->algorithm != name_of(entry.key.algorithm()) || has_ended(entry, now)) continue;
    if (!entry.key.verify(jws->signed_text, jws->signature)) return std::nullopt;
    return Verified{.payload = std::move(jws->payload),
                    .type = std::move(jws->type),
                    .key = entry.key,
                    .verifies_until = entry.verifies_until};
  }
  return std::nullopt;
}

std::optional<std::string> KeySet::verify(std::string_view token, std::string_view type, Timestamp now) const {
  auto verified = verify(token, now);
  if (!verified || verified->type != type) return std::nullopt;
  return std::move(verified->payload);
}

bool KeySet::has_key_of(std::string_view token) const {
  const auto jws = detail::parse_compact_jws(token);
  if (!jws || jws->key_id.empty()) return false;
  return std::ranges::any_of(entries_, [&jws](const KeySetEntry& entry) {
    return entry.key.id() == jws->key_id && name_of(entry.key.algorithm()) == jws->algorithm;
  });
}

KeySet KeySet::rotate(Key next, Timestamp now, const KeyRotationOptions& options) const {
  const Timestamp signs_from = now + options.publish_lead;
  std::vector<KeySetEntry> entries;
  for (KeySetEntry entry : entries_) {
    if (has_ended(entry, now)) continue;
    if (!entry.verifies_until) entry.verifies_until = signs_from + options.token_lifetime_max;
    entries.push_back(std::move(entry));
  }
  entries.push_back({.key = std::move(next), .signs_from = signs_from, .verifies_until = std::nullopt});
  return KeySet(std::move(entries));
}

KeySet KeySet::remove(std::string_view id) const {
  std::vector<KeySetEntry> entries = entries_;
  std::erase_if(entries, [id](const KeySetEntry& entry) { return entry.key.id() == id; });
  return KeySet(std::move(entries));
}

std::string KeySet::jwks(Timestamp now) const {
  std::string out = R"({"keys":[)";
  for (const KeySetEntry& entry : entries_) {
    if (has_ended(entry, now)) continue;
    const auto jwk = entry.key.public_jwk();
    if (!jwk) continue;
    if (out.back() == '}') out += ',';
    out += *jwk;
  }
  return out + "]}";
}

Result<KeySet> KeySet::parse_jwks(std::string_view json) {
  if (json.size() > jwks_bytes_max) return fail(errors::key_invalid, "A JWKS has at most 256 KiB.");
  simdjson::dom::parser parser;
  simdjson::dom::array keys;
  const simdjson::padded_string padded(json);  // outlives what is parsed
  if (parser.parse(padded)["keys"].get(keys) != simdjson::SUCCESS) {
    return fail(errors::key_invalid, "This is not a JWKS.");
  }
  if (keys.size() > jwks_keys_max) return fail(errors::key_invalid, "The JWKS has too many keys.");
  std::vector<KeySetEntry> entries;
  for (const simdjson::dom::element& element : keys) {
    auto key = Key::parse_jwk(simdjson::minify(element));
    if (!key || key->part() != Key::Part::public_only) continue;
    entries.push_back({.key = std::move(*key), .signs_from = always, .verifies_until = std::nullopt});
  }
  if (const char* fault = fault_of(entries)) return fail(errors::key_invalid, fault);
  return KeySet(std::move(entries));
}

std::string KeySet::to_json() const {
  StoredKeys out;
  for (const KeySetEntry& entry : entries_) {
    const bool is_private = entry.key.part() == Key::Part::private_too;
    out.keys.push_back({entry.signs_from, entry.verifies_until,
                        is_private ? entry.key.private_jwk() : entry.key.public_jwk().value()});
  }
  return schema::to_json(out);
}

Result<KeySet> KeySet::parse(std::string_view json) {
  auto stored = schema::read_json<StoredKeys>(json);
  if (!stored) return fail(errors::key_invalid, "This is not a stored key set.");
  std::vector<KeySetEntry> entries;
  for (StoredKey& one : stored->keys) {
    auto key = Key::parse_jwk(one.jwk);
    if (!key) return std::unexpected(std::move(key.error()));
    entries.push_back({.key = std::move(*key), .signs_from = one.signs_from, .verifies_until = one.verifies_until});
  }
  if (const char* fault = fault_of(entries)) return fail(errors::key_invalid, fault);
  return KeySet(std::move(entries));
}

}  // namespace ashlar::auth
