// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/record.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/insert.hpp"

#include <array>
#include <utility>

namespace ashlar::audit {
namespace {

constexpr std::size_t salt_bytes = 16;

Actor actor_of(const api::Call& call, std::optional<Uuid> account) {
  const auth::Principal* const principal = call.peek_principal();
  if (principal != nullptr && principal->api_key) {
    return {.id = principal->api_key->id,
            .kind = "api_key",
            .name = std::nullopt,
            .acting_for = ActingFor{.id = principal->id, .kind = "user"}};
  }
  if (principal != nullptr) account = principal->id;
  if (call.transport() == "system")
    return {.id = {}, .kind = "system", .name = std::string(call.target()), .acting_for = std::nullopt};
  if (account) return {.id = *account, .kind = "user", .name = std::nullopt, .acting_for = std::nullopt};
  return {.id = {}, .kind = "anonymous", .name = std::nullopt, .acting_for = std::nullopt};
}

std::string new_salt(Random& random) {
  std::array<std::byte, salt_bytes> bytes;
  random.fill(bytes);
  return to_base64url(bytes);
}

// {"<name>": <json>, "salt": ...}; names before "salt" in the alphabet.
std::string salted(std::string members, Random& random) {
  return std::move(members) + R"(,"salt":")" + new_salt(random) + "\"}";
}

// Headers hold bytes of any kind, a database text.
std::string as_text(std::string_view bytes) {
  std::string out;
  if (is_utf8(bytes) && bytes.find('\0') == bytes.npos) return std::string(bytes);
  for (const char c : bytes) out += c >= ' ' && c < '\x7f' ? c : '?';
  return out;
}

std::string actor_personal(const api::Call& call) {
  std::string out = R"({"address":)";
  schema::write_json_string(as_text(call.client_address()), out);
  out += R"(,"agent":)";
  schema::write_json_string(as_text(call.client_agent()), out);
  return salted(std::move(out), call.random());
}

void write(api::UnitOfWork& unit, Write write, Event event) {
  unit.send_after_commit(Recorded{});
  const api::Call& call = unit.call();
  const Actor actor = actor_of(call, event.account);
  NewEntryRow row{.id = call.new_id(),
                  .at = call.now(),
                  .actor = canonical_json(actor),
                  .actor_id = actor.account(),
                  .action = std::string(event.action),
                  .resource = std::string(event.resource),
                  .resource_id = std::move(event.resource_id),
                  .changes = std::move(event.changes),
                  .request_id = std::string(call.request_id()),
                  .actor_hash = {},
                  .actor_personal = actor_personal(call),
                  .subject_id = {},
                  .subject_hash = {},
                  .subject_personal = {}};
  row.actor_hash = commitment(*row.actor_personal);
  if (event.personal != "{}") {
    if (event.subject) row.subject_id = *event.subject;
    row.subject_personal = salted(R"({"fields":)" + event.personal, call.random());
    row.subject_hash = commitment(*row.subject_personal);
  }
  for (auto& statement : sql::insert_into<EntryRow>(row).statements(unit.dialect())) {
    if (write == Write::next) {
      unit.collect_with_next_write(std::move(statement));
    } else {
      unit.collect(std::move(statement));
    }
  }
}

}  // namespace

void record(api::UnitOfWork& unit, Event event) { write(unit, Write::unit, std::move(event)); }

void record_change(api::UnitOfWork& unit, Write belongs_to, std::string_view action, const RowRules& rules,
                   const void* before, const void* after, std::optional<Uuid> account) {
  Changes changes = changes_between(rules, before, after);
  if (before != nullptr && after != nullptr && changes.plain == "{}" && changes.personal == "{}") return;
  const void* const row = after != nullptr ? after : before;
  Event event{.action = action,
              .resource = rules.resource(),
              .resource_id = text_of(rules.id(), row),
              .changes = std::move(changes.plain),
              .personal = std::move(changes.personal),
              .account = account};
  if (rules.subject() != nullptr) event.subject = id_of(*rules.subject(), row);
  write(unit, belongs_to, std::move(event));
}

sql::ConditionTree detail::unchanged(std::string_view table, const schema::Type& type, const RowRules& rules,
                                     const void* row, const void* other) {
  std::vector<sql::Value> values;
  std::vector<sql::Value> others;
  sql::detail::append_values(type, row, values);
  if (other != nullptr) sql::detail::append_values(type, other, others);
  sql::ConditionTree out;
  for (const auto& [member, treatment] : rules.members()) {
    const auto at = static_cast<std::size_t>(member - type.members.data());
    if (other != nullptr && values[at] == others[at]) continue;
    if (std::holds_alternative<Timestamp>(values[at])) continue;  // the database's may be finer than ours
    const sql::ColumnName column{.table = table, .column = member->name};
    const bool null = std::holds_alternative<sql::Null>(values[at]);
    out = sql::ConditionTree::both(
        std::move(out), null ? sql::ConditionTree::is_null(column)
                             : sql::ConditionTree::compare(sql::Comparison::equal, column, std::move(values[at])));
  }
  return out;
}

std::unexpected<Error> stale() {
  return fail(sql::errors::serialization, "This was changed at the same time. Try again.");
}

}  // namespace ashlar::audit
