// SPDX-License-Identifier: Apache-2.0
#include "backend/audit/audit_entry.hpp"

#include "ashlar/schema/json.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

// The erasable texts of an entry.
struct ActorPersonal {
  std::string address;
  std::string agent;
  std::string salt;
};
ASHLAR_DESCRIBE(ActorPersonal, address, agent, salt)

constexpr std::string_view subject_begin = R"({"fields":)";
constexpr std::string_view subject_salt = R"(,"salt":")";

Error malformed() { return {sql::errors::failed, "An audit entry is malformed."}; }

// Two objects as one: their members are different ones.
std::string joined(const std::string& one, const std::string& other) {
  if (one == "{}") return other;
  if (other == "{}") return one;
  return one.substr(0, one.size() - 1) + ',' + other.substr(1);
}

struct SubjectPersonal {
  std::string fields = "{}";
  std::string salt;
};

// {"fields":{...},"salt":"..."}
Result<SubjectPersonal> read_subject(const std::string& text) {
  const std::size_t salt = text.rfind(subject_salt);
  if (!text.starts_with(subject_begin) || salt == text.npos || !text.ends_with("\"}"))
    return std::unexpected(malformed());
  const std::size_t salt_begin = salt + subject_salt.size();
  return SubjectPersonal{.fields = text.substr(subject_begin.size(), salt - subject_begin.size()),
                         .salt = text.substr(salt_begin, text.size() - salt_begin - 2)};
}

// The names of an object's members, which are canonical JSON: {"name":{"after":...,"before":...},...}.
std::vector<std::string> names_of(std::string_view object) {
  std::vector<std::string> out;
  int depth = 0;
  bool in_text = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < object.size(); ++i) {
    const char c = object[i];
    if (in_text) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_text = false;
        if (depth == 1 && object.substr(i + 1).starts_with(':')) out.emplace_back(object.substr(begin, i - begin));
      }
    } else if (c == '"') {
      in_text = true;
      begin = i + 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return out;
}

}  // namespace

Result<AuditEntry> audit_entry_of(audit::EntryRow row, std::int64_t position) {
  AuditEntry out{.id = row.id,
                 .sequence = position,
                 .at = row.at,
                 .actor = {},
                 .action = std::move(row.action),
                 .resource = std::move(row.resource),
                 .resource_id = std::move(row.resource_id),
                 .changes = JsonObject::trusted(std::move(row.changes)),
                 .address = {},
                 .agent = {},
                 .request_id = std::move(row.request_id),
                 .commitments = AuditCommitments{.actor_hash = std::move(row.actor_hash),
                                                 .actor_salt = {},
                                                 .subject_hash = std::move(row.subject_hash),
                                                 .subject_salt = {},
                                                 .subject_id = row.subject_id,
                                                 .subject_fields = {}}};
  auto actor = schema::read_json<audit::Actor>(row.actor);
  if (!actor) return std::unexpected(malformed());
  out.actor = std::move(*actor);
  if (row.actor_personal) {
    auto personal = schema::read_json<ActorPersonal>(*row.actor_personal);
    if (!personal) return std::unexpected(malformed());
    out.address = std::move(personal->address);
    out.agent = std::move(personal->agent);
    out.commitments->actor_salt = std::move(personal->salt);
  }
  if (row.subject_personal) {
    auto personal = read_subject(*row.subject_personal);
    if (!personal) return std::unexpected(std::move(personal.error()));
    out.commitments->subject_fields = names_of(personal->fields);
    out.commitments->subject_salt = std::move(personal->salt);
    out.changes = JsonObject::trusted(joined(out.changes.text(), personal->fields));
  }
  return out;
}

Result<AuditProof> audit_proof_of(audit::Proof proof) {
  auto entry = audit_entry_of(std::move(proof.entry), proof.index);
  if (!entry) return std::unexpected(std::move(entry.error()));
  AuditProof out{.entry = std::move(*entry),
                 .index = proof.index,
                 .size = proof.size,
                 .hashes = {},
                 .checkpoint = std::move(proof.checkpoint)};
  for (const audit::Hash& hash : proof.hashes) out.hashes.push_back(audit::to_base64(hash));
  return out;
}

AuditEntry AuditEntry::example() {
  AuditEntry out{.id = *Uuid::parse("0193508e-7b2c-7000-8000-000000000009"),
                 .sequence = 41,
                 .at = *Timestamp::parse("2026-05-04T08:30:00Z"),
                 .actor = {.id = *Uuid::parse("0193508e-7b2c-7000-8000-000000000001"),
                           .kind = "user",
                           .name = std::nullopt,
                           .acting_for = std::nullopt},
                 .action = "update",
                 .resource = "post",
                 .resource_id = "0193508e-7b2c-7000-8000-000000000002",
                 .changes = JsonObject::trusted(R"({"published":{"after":true,"before":false}})"),
                 .address = {},
                 .agent = {},
                 .request_id = "3b1f0c5de8a94a51b1d6c2a4f7e80912",
                 .commitments = std::nullopt};
  out.address = std::string("203.0.113.7");
  out.agent = std::string("curl/8.5");
  return out;
}

AuditProof AuditProof::example() {
  AuditEntry entry = AuditEntry::example();
  entry.commitments = AuditCommitments{.actor_hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                                       .actor_salt = {},
                                       .subject_hash = "",
                                       .subject_salt = {},
                                       .subject_id = {},
                                       .subject_fields = {}};
  entry.commitments->actor_salt = std::string("qL8R4QIcQ_ZsRqOAbeRfcg");
  return {.entry = std::move(entry),
          .index = 41,
          .size = 42,
          .hashes = {"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
          .checkpoint = AuditCheckpoint::example().checkpoint};
}

AuditCheckpoint AuditCheckpoint::example() {
  return {.size = 42,
          .root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
          .checkpoint = "ashlar\n42\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— ashlar AAAA\n",
          .key = "ashlar+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
          .sealed_at = *Timestamp::parse("2026-05-04T08:30:00.200Z")};
}

}  // namespace ashlar::backend
