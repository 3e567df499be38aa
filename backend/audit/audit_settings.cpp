// SPDX-License-Identifier: Apache-2.0
#include "backend/audit/audit_settings.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/signing_keys.hpp"
#include "backend/settings.hpp"

#include <algorithm>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t origin_bytes_max = 200;

bool is_origin(std::string_view text) {
  return text.size() <= origin_bytes_max && is_utf8(text) &&
         std::ranges::none_of(text, [](char c) { return (c >= 0 && c <= ' ') || c == '+' || c == '\x7f'; });
}

}  // namespace

void read_audit(config::Environment& env, Settings& settings) {
  AuditSettings& audit = settings.audit;
  if (const auto origin = env.raw("AUDIT_ORIGIN")) {
    if (is_origin(*origin)) {
      audit.origin = *origin;
    } else {
      env.fault("AUDIT_ORIGIN", "expected a name of at most 200 bytes without white space and +");
    }
  }
  // The value is not shown.
  if (const auto key = env.raw("AUDIT_KEY")) {
    const auto bytes = from_base64url(*key);
    if (bytes && bytes->size() == key_bytes) {
      audit.key = *bytes;
    } else {
      env.fault("AUDIT_KEY", "expected 32 bytes as 43 characters of base64url");
    }
  }
  audit.sealer.interval = env.duration("AUDIT_SEAL_INTERVAL", audit.sealer.interval, 10ms, 1min);
  if (const auto folder = env.raw("AUDIT_CHECKPOINT_FOLDER")) audit.sealer.checkpoint_folder = *folder;
  constexpr std::chrono::hours day{24};
  audit.retention = env.duration("AUDIT_RETENTION", audit.retention, 0ms, 36'500 * day);
  if (audit.retention > 0ms && audit.retention < day)
    env.fault("AUDIT_RETENTION", "expected 0s, which removes nothing, or at least 1d");
}

std::unique_ptr<audit::CheckpointSigner> make_checkpoint_signer(const Settings& settings) {
  std::string seed = settings.audit.key;
  if (seed.empty()) {
    const SigningKeys keys({settings.tokens.refresh_secret});
    seed = from_base64url(keys.sign("ashlar.audit_key", "")).value();
  }
  return std::make_unique<audit::CheckpointSigner>(settings.audit.origin, seed);
}

}  // namespace ashlar::backend
