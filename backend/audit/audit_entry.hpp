// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/tree.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/schema/json_object.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode audit_entry_not_found{ErrorKind::not_found, "audit.entry_not_found"};
}  // namespace errors

// What the leaf holds of personal data, and what opens it. Without a salt the data was erased.
struct AuditCommitments {
  std::string actor_hash;
  Nullable<std::string> actor_salt;  // of address and agent
  std::string subject_hash;          // empty: there are no personal fields
  Nullable<std::string> subject_salt;
  Nullable<Uuid> subject_id;
  std::vector<std::string> subject_fields;  // those of `changes` that are personal
};
ASHLAR_DESCRIBE(AuditCommitments, actor_hash, actor_salt, subject_hash, subject_salt, subject_id, subject_fields)

struct AuditEntry {
  Uuid id;
  std::int64_t sequence = 0;  // the leaf's index
  Timestamp at;
  audit::Actor actor;
  std::string action;
  std::string resource;
  std::string resource_id;
  JsonObject changes;  // {field: {before, after}}
  Nullable<std::string> address;
  Nullable<std::string> agent;
  std::string request_id;
  std::optional<AuditCommitments> commitments;  // in a proof

  static AuditEntry example();
};
ASHLAR_DESCRIBE(AuditEntry, id, sequence, at, actor, action, resource, resource_id, changes, address, agent, request_id,
                commitments)

// That an entry is in the tree of a checkpoint: docs/guide/audit.md says how to verify it offline.
struct AuditProof {
  AuditEntry entry;
  std::int64_t index = 0;
  std::int64_t size = 0;
  std::vector<std::string> hashes;  // base64, from the leaf's sibling to the root's child
  std::string checkpoint;           // a signed note

  static AuditProof example();
};
ASHLAR_DESCRIBE(AuditProof, entry, index, size, hashes, checkpoint)

struct AuditCheckpoint {
  std::int64_t size = 0;
  std::string root;        // base64
  std::string checkpoint;  // a signed note; empty while there is no entry
  std::string key;         // that verifies it
  Nullable<Timestamp> sealed_at;

  static AuditCheckpoint example();
};
ASHLAR_DESCRIBE(AuditCheckpoint, size, root, checkpoint, key, sealed_at)

// Error database.failed for a row whose texts are no JSON.
[[nodiscard]] Result<AuditEntry> audit_entry_of(audit::EntryRow row, std::int64_t position);
[[nodiscard]] Result<AuditProof> audit_proof_of(audit::Proof proof);

}  // namespace ashlar::backend
