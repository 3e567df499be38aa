// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/sealer.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace ashlar::config {
class Environment;
}  // namespace ashlar::config

namespace ashlar::backend {

struct Settings;

// AUDIT_ORIGIN, AUDIT_KEY and what goes with them.
struct AuditSettings {
  std::string origin = "ashlar";  // the log's name in its checkpoints
  std::string key;                // 32 bytes, of Ed25519; empty: derived from JWT_REFRESH_SECRET
  audit::SealerOptions sealer;
  std::chrono::milliseconds retention{0};  // entries that are older are removed every night; 0: none
};

void read_audit(config::Environment& env, Settings& settings);

// Of the settings' key. Throws std::invalid_argument.
[[nodiscard]] std::unique_ptr<audit::CheckpointSigner> make_checkpoint_signer(const Settings& settings);

}  // namespace ashlar::backend
