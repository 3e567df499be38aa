// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/entry.hpp"

#include "ashlar/audit/merkle.hpp"
#include "ashlar/schema/json.hpp"

namespace ashlar::audit {

namespace {

void append_text(std::string_view name, std::string_view text, std::string& out) {
  out.append(name);
  schema::write_json_string(text, out);
}

}  // namespace

Nullable<Uuid> Actor::account() const { return acting_for ? acting_for->id : id; }

void append_leaf(const EntryRow& entry, std::string& out) {
  append_text(R"({"action":)", entry.action, out);
  out.append(R"(,"actor":)").append(entry.actor);
  append_text(R"(,"actorHash":)", entry.actor_hash, out);
  out.append(R"(,"at":")");
  entry.at.append_to(out);
  out.append(R"(","changes":)").append(entry.changes).append(R"(,"id":")");
  entry.id.append_to(out);
  append_text(R"(","requestId":)", entry.request_id, out);
  append_text(R"(,"resource":)", entry.resource, out);
  append_text(R"(,"resourceId":)", entry.resource_id, out);
  append_text(R"(,"subjectHash":)", entry.subject_hash, out);
  out.append(R"(,"subjectId":)");
  if (entry.subject_id) {
    out += '"';
    entry.subject_id->append_to(out);
    out += '"';
  } else {
    out += "null";
  }
  out.append(R"(,"v":1})");
}

std::string commitment(std::string_view personal_json) { return to_base64(sha256(personal_json)); }

std::string_view broken_commitment(const EntryRow& entry) {
  if (entry.actor_personal && commitment(*entry.actor_personal) != entry.actor_hash) return "actor_personal";
  if (entry.subject_personal && commitment(*entry.subject_personal) != entry.subject_hash) return "subject_personal";
  return {};
}

}  // namespace ashlar::audit
