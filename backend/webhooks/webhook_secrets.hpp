// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/secret_box.hpp"
#include "ashlar/webhooks/signing_key.hpp"
#include "backend/webhooks/webhook_rows.hpp"

#include <string>
#include <vector>

namespace ashlar::backend {

// The signing keys of endpoints, which are stored sealed.
[[nodiscard]] std::string sealed_key(const auth::SecretBox& box, const Uuid& endpoint, const webhooks::SigningKey& key);
// The newest first; the previous one until its time is over. Errors: those of SecretBox::open().
[[nodiscard]] Result<std::vector<webhooks::SigningKey>> keys_of(const auth::SecretBox& box,
                                                                const WebhookEndpointRow& endpoint, Timestamp now);
[[nodiscard]] webhooks::SignatureScheme scheme_of(WebhookScheme scheme);

}  // namespace ashlar::backend
