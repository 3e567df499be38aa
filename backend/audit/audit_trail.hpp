// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/audit/sealer.hpp"
#include "backend/audit/audit_retention.hpp"
#include "backend/audit/audit_settings.hpp"
#include "backend/settings.hpp"

#include <memory>

namespace ashlar::backend {

// What keeps the audit trail: the key of its checkpoints, the sealer, and the removal of old entries.
class AuditTrail {
 public:
  // Everything outlives it. Throws as make_checkpoint_signer() does.
  AuditTrail(const Settings& settings, api::Units& units, const Clock& clock, log::Logger& logger)
      : signer_(make_checkpoint_signer(settings)),
        sealer_(units.database(), *signer_, clock, logger, settings.audit.sealer),
        retention_{.units = units, .sealer = sealer_, .kept = settings.audit.retention} {}

  [[nodiscard]] audit::Sealer& sealer() { return sealer_; }
  [[nodiscard]] const AuditRetention& retention() const { return retention_; }

 private:
  const std::unique_ptr<audit::CheckpointSigner> signer_;
  audit::Sealer sealer_;
  const AuditRetention retention_;
};

}  // namespace ashlar::backend
