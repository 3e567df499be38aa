// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// One entry of the audit trail: the row that a unit of work writes, and the bytes that the Merkle tree holds of it.
namespace ashlar::audit {

// On whose behalf an actor acts.
struct ActingFor {
  Nullable<Uuid> id;
  std::string kind;
};
ASHLAR_DESCRIBE(ActingFor, id, kind)

// Who did it. Kinds: "user" (an account), "api_key" (which acts for its account), "system" (the program itself: a
// command or a periodic task, with its name), "anonymous".
struct Actor {
  Nullable<Uuid> id;
  std::string kind;
  std::optional<std::string> name;
  std::optional<ActingFor> acting_for;

  [[nodiscard]] Nullable<Uuid> account() const;  // the last one of the chain
};
ASHLAR_DESCRIBE(Actor, id, kind, name, acting_for)

// A row without what the database makes. An entry never changes; `actor_personal` and `subject_personal` can be erased
// (erasure.hpp).
struct NewEntryRow {
  Uuid id;
  Timestamp at;
  std::string actor;        // an Actor as canonical JSON
  Nullable<Uuid> actor_id;  // its account
  std::string action;       // "create", "update", "sign_in", ...
  std::string resource;     // "post"
  std::string resource_id;  // empty: none
  std::string changes;      // Changes::plain
  std::string request_id;
  std::string actor_hash;                  // commitment to actor_personal
  Nullable<std::string> actor_personal;    // {"address", "agent", "salt"}
  Nullable<Uuid> subject_id;               // the account whose data subject_personal holds
  std::string subject_hash;                // commitment to subject_personal; empty: there is none
  Nullable<std::string> subject_personal;  // {"fields": Changes::personal, "salt"}
};
ASHLAR_DESCRIBE(NewEntryRow, id, at, actor, actor_id, action, resource, resource_id, changes, request_id, actor_hash,
                actor_personal, subject_id, subject_hash, subject_personal)

struct EntryRow {
  std::int64_t seq = 0;  // in the order of the inserts, with gaps; not the order of the tree
  std::int64_t xid = 0;  // PostgreSQL: the transaction that wrote it, by which the sealer finds new entries
  Uuid id;
  Timestamp at;
  std::string actor;
  Nullable<Uuid> actor_id;
  std::string action;
  std::string resource;
  std::string resource_id;
  std::string changes;
  std::string request_id;
  std::string actor_hash;
  Nullable<std::string> actor_personal;
  Nullable<Uuid> subject_id;
  std::string subject_hash;
  Nullable<std::string> subject_personal;
};
ASHLAR_DESCRIBE(EntryRow, seq, xid, id, at, actor, actor_id, action, resource, resource_id, changes, request_id,
                actor_hash, actor_personal, subject_id, subject_hash, subject_personal)
ASHLAR_TABLE(EntryRow, "audit_entries", sql::primary_key<&EntryRow::seq>(), sql::generated_number<&EntryRow::seq>(),
             sql::default_value<&EntryRow::xid>({"0", "((pg_current_xact_id())::text)::bigint"}),
             sql::index<&EntryRow::xid, &EntryRow::seq>("audit_entries_xid"))

// The leaf: canonical JSON (RFC 8785) of the members action, actor, actorHash, at, changes, id, requestId, resource,
// resourceId, subjectHash, subjectId, v (1). docs/design/audit.md describes it for other implementations.
void append_leaf(const EntryRow& entry, std::string& out);

// The commitment to personal data: base64 of SHA-256 over the text, which holds a random salt of 128 bits.
[[nodiscard]] std::string commitment(std::string_view personal_json);

// What is wrong with an entry's erasable parts: the name of a column that does not match its commitment, or empty.
[[nodiscard]] std::string_view broken_commitment(const EntryRow& entry);

}  // namespace ashlar::audit
