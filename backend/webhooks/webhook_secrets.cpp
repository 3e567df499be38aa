// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/webhook_secrets.hpp"

namespace ashlar::backend {

namespace {

std::string context_of(const Uuid& endpoint) { return "webhook_endpoints.secret:" + endpoint.to_string(); }

Result<webhooks::SigningKey> open(const auth::SecretBox& box, const Uuid& endpoint, const std::string& sealed) {
  auto text = box.open(sealed, context_of(endpoint));
  if (!text) return std::unexpected(std::move(text.error()));
  return webhooks::SigningKey::parse(*text);
}

}  // namespace

std::string sealed_key(const auth::SecretBox& box, const Uuid& endpoint, const webhooks::SigningKey& key) {
  return box.seal(key.to_text(), context_of(endpoint));
}

Result<std::vector<webhooks::SigningKey>> keys_of(const auth::SecretBox& box, const WebhookEndpointRow& endpoint,
                                                  Timestamp now) {
  std::vector<webhooks::SigningKey> keys;
  auto newest = open(box, endpoint.id, endpoint.secret);
  if (!newest) return std::unexpected(std::move(newest.error()));
  keys.push_back(std::move(*newest));
  if (endpoint.previous_secret && endpoint.previous_until && now < *endpoint.previous_until) {
    auto previous = open(box, endpoint.id, *endpoint.previous_secret);
    if (!previous) return std::unexpected(std::move(previous.error()));
    keys.push_back(std::move(*previous));
  }
  return keys;
}

webhooks::SignatureScheme scheme_of(WebhookScheme scheme) {
  return scheme == WebhookScheme::v1 ? webhooks::SignatureScheme::v1 : webhooks::SignatureScheme::v1a;
}

}  // namespace ashlar::backend
