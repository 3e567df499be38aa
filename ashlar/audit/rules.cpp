// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/rules.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ashlar::audit {

RowRules::RowRules(std::string_view resource, const schema::Type& type, const std::vector<Rule>& rules)
    : resource_(resource) {
  for (const schema::Member& member : type.members) {
    MemberRule out{.member = &member, .treatment = member.password ? Treatment::secret : Treatment::plain};
    for (const Rule& rule : rules) {
      if (std::ranges::find(rule.members, member.name) == rule.members.end()) continue;
      if (rule.kind == Rule::Kind::id) {
        id_ = &member;
        out.treatment = Treatment::left_out;  // the entry names its resource
      }
      if (rule.kind == Rule::Kind::subject) subject_ = &member;
      const bool allowed = !member.password || rule.treatment == Treatment::left_out;
      if (rule.kind == Rule::Kind::treatment && allowed) out.treatment = rule.treatment;
    }
    if (out.treatment != Treatment::left_out) members_.push_back(out);
  }
  std::ranges::sort(members_, {}, [](const MemberRule& rule) { return rule.member->json_name; });
  const std::string name(resource);
  if (id_ == nullptr) throw std::logic_error("an audited row needs an id: " + name);
  const bool personal =
      std::ranges::any_of(members_, [](const MemberRule& rule) { return rule.treatment == Treatment::personal; });
  if (personal && subject_ == nullptr) throw std::logic_error("personal members need a subject: " + name);
}

}  // namespace ashlar::audit
