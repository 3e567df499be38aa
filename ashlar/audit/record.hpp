// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/audit/changes.hpp"
#include "ashlar/audit/entry.hpp"
#include "ashlar/sql/condition.hpp"
#include "ashlar/sql/table.hpp"

#include <optional>
#include <string>
#include <string_view>

// How repositories write the audit trail. The entry commits with the unit of work or not at all.
//
//   audit::created(unit, post);                     // before the insert
//   co_await unwrap(sql::insert(post).run(unit));
//
//   audit::updated(unit, before, after);            // before the update, which affects no row when `before` is stale
//   auto post = co_await unwrap(sql::update<Post>()...where(id && audit::unchanged(before)).returning_one(unit));
//   if (!post) co_return audit::stale();            // Units runs the body again
//
//   audit::record(unit, {.action = "sign_in", .resource = "session", .resource_id = id});
//
// created(), updated() and removed() belong to the unit's next write: without an affected row there is no entry. Where
// nothing changed but members that are left out, updated() records nothing. record() belongs to the unit as a whole.
namespace ashlar::audit {

// An action that is no change of an audited row, or is named more precisely than "update".
struct Event {
  std::string_view action;    // a literal: "sign_in"
  std::string_view resource;  // a literal: "session"
  std::string resource_id{};
  std::string changes = "{}";     // of ChangedFields
  std::string personal = "{}";    // the same, of the subject's
  std::optional<Uuid> subject{};  // whose `personal` is
  std::optional<Uuid> account{};  // who acts where the call does not know yet: who has just signed in
};
void record(api::UnitOfWork& unit, Event event);

// The message that a unit with entries sends after its commit (UnitOfWork::send_after_commit): the sealer has work.
struct Recorded {};

enum class Write : unsigned char { next, unit };  // what the entry belongs to: the unit's next write, or the unit
void record_change(api::UnitOfWork& unit, Write write, std::string_view action, const RowRules& rules,
                   const void* before, const void* after, std::optional<Uuid> account = std::nullopt);

template <Audited T>
void created(api::UnitOfWork& unit, const T& row, std::optional<Uuid> account = std::nullopt) {
  record_change(unit, Write::next, "create", rules_of<T>(), nullptr, &row, account);
}
template <Audited T>
void updated(api::UnitOfWork& unit, const T& before, const T& after, std::string_view action = "update") {
  record_change(unit, Write::next, action, rules_of<T>(), &before, &after);
}
template <Audited T>
void removed(api::UnitOfWork& unit, const T& before, std::string_view action = "delete") {
  record_change(unit, Write::next, action, rules_of<T>(), &before, nullptr);
}
// For a row that a write has returned, or that is read back after it: these belong to the unit.
template <Audited T>
void deleted(api::UnitOfWork& unit, const T& before, std::string_view action = "delete") {
  record_change(unit, Write::unit, action, rules_of<T>(), &before, nullptr);
}
template <Audited T>
void changed(api::UnitOfWork& unit, const T& before, const T& after, std::string_view action = "update") {
  record_change(unit, Write::unit, action, rules_of<T>(), &before, &after);
}

namespace detail {
sql::ConditionTree unchanged(std::string_view table, const schema::Type& type, const RowRules& rules, const void* row,
                             const void* other);
}  // namespace detail

// The row's recorded members have these values still, but for moments: for the condition of a write whose entry was
// made from a row that is not locked. With `after`: the members in which the two differ.
template <class T>
  requires Audited<T> && sql::Table<T>
sql::Condition<T> unchanged(const T& before) {
  return sql::Condition<T>(
      detail::unchanged(sql::table_name<T>, schema::type_of<T>(), rules_of<T>(), &before, nullptr));
}
template <class T>
  requires Audited<T> && sql::Table<T>
sql::Condition<T> unchanged(const T& before, const T& after) {
  return sql::Condition<T>(detail::unchanged(sql::table_name<T>, schema::type_of<T>(), rules_of<T>(), &before, &after));
}

// database.serialization: the row changed since it was read. Units runs the body again.
[[nodiscard]] std::unexpected<Error> stale();

}  // namespace ashlar::audit
