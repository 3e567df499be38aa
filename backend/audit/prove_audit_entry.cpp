// SPDX-License-Identifier: Apache-2.0
#include "backend/audit/prove_audit_entry.hpp"

namespace ashlar::backend {

Task<Result<AuditProof>> prove_audit_entry(api::Call&, api::ById in, sql::Database& database, audit::Sealer& sealer) {
  co_await unwrap(sealer.seal_all());
  auto proof = co_await unwrap(
      required(co_await audit::prove(database, in.id), errors::audit_entry_not_found, "There is no such audit entry."));
  co_return co_await unwrap(audit_proof_of(std::move(proof)));
}

}  // namespace ashlar::backend
