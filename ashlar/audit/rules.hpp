// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table_rules.hpp"

#include <string_view>
#include <type_traits>
#include <vector>

// What the audit trail records of a row:
//
//   ASHLAR_AUDIT(UserRow, "user", audit::id<&UserRow::id>(), audit::subject<&UserRow::id>(),
//                audit::personal<&UserRow::name, &UserRow::email>(), audit::secret<&UserRow::password_hash>(),
//                audit::left_out<&UserRow::updated_at>())
//
// It stands in the row's namespace, after its ASHLAR_DESCRIBE. Every member that no rule names is recorded as it is. A
// member that is a Secret<> is secret without a rule.
namespace ashlar::audit {

// How a member is recorded.
enum class Treatment : unsigned char {
  plain,     // its values are in the entry, for ever
  personal,  // its values can be erased; the entry holds a salted commitment to them
  secret,    // that it changed, and no value
  left_out,  // not at all: it says nothing that the entry does not say
};

struct Rule {
  enum class Kind : unsigned char { treatment, id, subject } kind{};
  Treatment treatment{};
  std::vector<std::string_view> members{};
};

// The member that names the resource.
template <auto Member>
Rule id() {
  return {.kind = Rule::Kind::id, .members = {sql::detail::member_name<Member>()}};
}
// The account whose personal data the row holds. Needed where a member is personal.
template <auto Member>
Rule subject() {
  return {.kind = Rule::Kind::subject, .members = {sql::detail::member_name<Member>()}};
}
template <auto... Members>
Rule personal() {
  return {.treatment = Treatment::personal, .members = {sql::detail::member_name<Members>()...}};
}
template <auto... Members>
Rule secret() {
  return {.treatment = Treatment::secret, .members = {sql::detail::member_name<Members>()...}};
}
template <auto... Members>
Rule left_out() {
  return {.treatment = Treatment::left_out, .members = {sql::detail::member_name<Members>()...}};
}

}  // namespace ashlar::audit

#define ASHLAR_AUDIT(Struct, Resource, ...)                                                         \
  [[maybe_unused]] inline ::ashlar::audit::RowRules ashlar_audit_of(::std::type_identity<Struct>) { \
    return ::ashlar::audit::RowRules(Resource, ::ashlar::schema::type_of<Struct>(), {__VA_ARGS__}); \
  }

namespace ashlar::audit {

// The rules of one struct, in the order of its members' JSON names.
class RowRules {
 public:
  // Throws std::logic_error without an id, and for a personal member without a subject.
  RowRules(std::string_view resource, const schema::Type& type, const std::vector<Rule>& rules);

  struct MemberRule {
    const schema::Member* member;
    Treatment treatment;
  };
  [[nodiscard]] std::string_view resource() const { return resource_; }
  [[nodiscard]] const std::vector<MemberRule>& members() const { return members_; }
  [[nodiscard]] const schema::Member& id() const { return *id_; }
  [[nodiscard]] const schema::Member* subject() const { return subject_; }  // null: none

 private:
  std::string_view resource_;
  std::vector<MemberRule> members_;
  const schema::Member* id_ = nullptr;
  const schema::Member* subject_ = nullptr;
};

template <class T>
concept Audited = requires { ashlar_audit_of(std::type_identity<T>{}); };

template <Audited T>
const RowRules& rules_of() {
  static const RowRules rules = ashlar_audit_of(std::type_identity<T>{});
  return rules;
}

}  // namespace ashlar::audit
