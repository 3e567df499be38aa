// SPDX-License-Identifier: Apache-2.0
#include "backend/audit/get_audit_checkpoint.hpp"

#include <utility>

namespace ashlar::backend {

Result<AuditCheckpoint> audit_checkpoint_of(audit::TreeRow tree, const audit::CheckpointVerifier& key) {
  AuditCheckpoint out{.size = tree.size,
                      .root = audit::to_base64(audit::empty_root()),
                      .checkpoint = std::move(tree.checkpoint),
                      .key = key.to_text(),
                      .sealed_at = tree.sealed_at};
  if (tree.size == 0) return out;
  // Of another key while AUDIT_KEY has changed and nothing was sealed since: shown without looking at it.
  if (const auto opened = key.open(out.checkpoint)) out.root = audit::to_base64(opened->root);
  return out;
}

Task<Result<AuditCheckpoint>> get_audit_checkpoint(api::Call&, sql::Database& database, audit::Sealer& sealer) {
  co_await unwrap(sealer.seal_all());
  auto tree = co_await unwrap(audit::read_tree(database));
  co_return co_await unwrap(audit_checkpoint_of(std::move(tree), sealer.signer().verifier()));
}

}  // namespace ashlar::backend
