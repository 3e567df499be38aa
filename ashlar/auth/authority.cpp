// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/authority.hpp"

#include <algorithm>

namespace ashlar::auth {
namespace {

using Source = AuthorityDecision::Source;
using Refusal = AuthorityDecision::Refusal;

constexpr Timestamp never = Timestamp::from_milliseconds(Timestamp::milliseconds_max);

Timestamp end_of(const Grant& grant) { return grant.until.value_or(never); }

const PermissionPattern* find_cover(const std::vector<PermissionPattern>& patterns, const Permission& permission) {
  for (const PermissionPattern& pattern : patterns) {
    if (pattern.covers(permission)) return &pattern;
  }
  return nullptr;
}

bool covers(const Grant& grant, const Permission& permission, const ResourceRef* resource) {
  if (grant.resource && (resource == nullptr || grant.resource->id != resource->id ||
                         grant.resource->type != resource->type || permission.resource() != resource->type)) {
    return false;
  }
  return grant.permission.covers(permission);
}

bool is_active(const Grant& grant, Timestamp now) { return grant.from <= now && (!grant.until || now < *grant.until); }

// Of grants that cover one permission, the ones that count most.
struct Candidates {
  const Grant* active = nullptr;
  const Grant* upcoming = nullptr;
  const Grant* ended = nullptr;

  void add(const Grant& grant, Timestamp now) {
    if (is_active(grant, now)) {
      if (active == nullptr || end_of(*active) < end_of(grant) ||
          (end_of(*active) == end_of(grant) && grant.id < active->id)) {
        active = &grant;
      }
    } else if (grant.from > now && (!grant.until || grant.from < *grant.until)) {
      if (upcoming == nullptr || grant.from < upcoming->from ||
          (grant.from == upcoming->from && grant.id < upcoming->id)) {
        upcoming = &grant;
      }
    } else if (ended == nullptr || end_of(*ended) < end_of(grant) ||
               (end_of(*ended) == end_of(grant) && grant.id < ended->id)) {
      ended = &grant;
    }
  }
};

AuthorityDecision allowed(Source source, const PermissionPattern* pattern) {
  return {.allowed = true, .source = source, .refusal = Refusal::none, .pattern = pattern};
}

AuthorityDecision refused(Refusal refusal, const Grant* grant = nullptr) {
  return {.refusal = refusal, .pattern = grant != nullptr ? &grant->permission : nullptr, .grant = grant};
}

bool owns(const Authority& authority, const ResourceRef* resource) {
  return resource != nullptr && resource->owner == authority.account && !authority.account.is_nil();
}

AuthorityDecision decide_all(const Authority& authority, const AccessRule& rule, const ResourceRef* resource,
                             Timestamp now) {
  const auto end = [](const AuthorityDecision& d) { return d.grant != nullptr ? end_of(*d.grant) : never; };
  AuthorityDecision out = decide(authority, rule.permissions.front(), resource, now);
  for (std::size_t i = 1; out.allowed && i < rule.permissions.size(); ++i) {
    const AuthorityDecision next = decide(authority, rule.permissions[i], resource, now);
    if (!next.allowed || end(next) < end(out)) out = next;
  }
  return out;
}

AuthorityDecision decide_any(const Authority& authority, const AccessRule& rule, const ResourceRef* resource,
                             Timestamp now) {
  const AuthorityDecision first = decide(authority, rule.permissions.front(), resource, now);
  for (std::size_t i = 1; !first.allowed && i < rule.permissions.size(); ++i) {
    const AuthorityDecision next = decide(authority, rule.permissions[i], resource, now);
    if (next.allowed) return next;
  }
  return first;
}

std::string_view name_of(Source source) {
  switch (source) {
    case Source::none:
      return "none";
    case Source::owner:
      return "owner";
    case Source::own:
      return "own";
    case Source::role:
      return "role";
    case Source::grant:
      return "grant";
    case Source::relationship:
      return "relationship";
  }
  return {};
}

std::string object_of(const Grant& grant) {
  return grant.resource ? " on " + grant.resource->type + " " + grant.resource->id : std::string();
}

std::string refusal_text(const AuthorityDecision& decision, const Permission& permission) {
  switch (decision.refusal) {
    case Refusal::not_yet:
      return "a grant of " + decision.pattern->text() + object_of(*decision.grant) + " has not begun";
    case Refusal::expired:
      return "a grant of " + decision.pattern->text() + object_of(*decision.grant) + " has ended";
    case Refusal::not_owner:
      return "the object is not the account's own";
    case Refusal::none:
    case Refusal::not_held:
      break;
  }
  return "no role, permission or grant covers " + permission.text();
}

std::string reason_text(const AuthorityDecision& decision, const Permission& permission) {
  switch (decision.source) {
    case Source::owner:
      return "the object is the account's own";
    case Source::own:
      return "the account holds " + decision.pattern->text();
    case Source::role:
      return "role " + decision.role->name + " holds " + decision.pattern->text();
    case Source::grant:
    case Source::relationship:
      return "a grant of " + decision.pattern->text() + object_of(*decision.grant);
    case Source::none:
      break;
  }
  return decision.allowed ? "every account may" : refusal_text(decision, permission);
}

}  // namespace

AuthorityDecision decide(const Authority& authority, const Permission& permission, const ResourceRef* resource,
                         Timestamp now) {
  if (const auto* pattern = find_cover(authority.own, permission)) return allowed(Source::own, pattern);
  for (const auto& role : authority.roles) {
    if (const auto* pattern = find_cover(role->permissions, permission)) {
      AuthorityDecision out = allowed(Source::role, pattern);
      out.role = role.get();
      return out;
    }
  }
  Candidates candidates;
  for (const Grant& grant : authority.grants) {
    if (covers(grant, permission, resource)) candidates.add(grant, now);
  }
  if (const Grant* grant = candidates.active) {
    AuthorityDecision out = allowed(grant->resource ? Source::relationship : Source::grant, &grant->permission);
    out.grant = grant;
    return out;
  }
  if (candidates.upcoming != nullptr) return refused(Refusal::not_yet, candidates.upcoming);
  if (candidates.ended != nullptr) return refused(Refusal::expired, candidates.ended);
  return refused(Refusal::not_held);
}

AuthorityDecision decide(const Authority& authority, const AccessRule& rule, const ResourceRef* resource,
                         Timestamp now) {
  const bool is_owner = owns(authority, resource);
  if (rule.ownership == AccessRule::Ownership::sufficient && is_owner) return allowed(Source::owner, nullptr);
  if (rule.ownership == AccessRule::Ownership::required && !is_owner) return refused(Refusal::not_owner);
  if (!rule.permissions.empty()) {
    return rule.combine == AccessRule::Combine::all_of ? decide_all(authority, rule, resource, now)
                                                       : decide_any(authority, rule, resource, now);
  }
  if (rule.ownership == AccessRule::Ownership::sufficient) return refused(Refusal::not_owner);
  return allowed(is_owner && rule.ownership == AccessRule::Ownership::required ? Source::owner : Source::none, nullptr);
}

bool may_give(const Authority& authority, const PermissionPattern& pattern) {
  const auto includes = [&](const PermissionPattern& held) { return held.includes(pattern); };
  return std::ranges::any_of(authority.own, includes) || std::ranges::any_of(authority.roles, [&](const auto& role) {
           return std::ranges::any_of(role->permissions, includes);
         });
}

bool holds(const Authority& authority, const PermissionPattern& pattern, Timestamp now) {
  return may_give(authority, pattern) || std::ranges::any_of(authority.grants, [&](const Grant& grant) {
           return !grant.resource && is_active(grant, now) && grant.permission.includes(pattern);
         });
}

bool has_role(const Authority& authority, const std::vector<std::string>& any_of, Timestamp now) {
  const auto is_named = [&](const auto& role) { return std::ranges::find(any_of, role->name) != any_of.end(); };
  if (std::ranges::any_of(authority.roles, is_named)) return true;
  static const PermissionPattern everything = *PermissionPattern::parse("*");
  return holds(authority, everything, now);
}

bool depends_on_object(const Authority& authority, const Permission& permission, Timestamp now) {
  return std::ranges::any_of(authority.grants, [&](const Grant& grant) {
    return grant.resource && grant.resource->type == permission.resource() && is_active(grant, now) &&
           grant.permission.covers(permission);
  });
}

Reach reach(const Authority& authority, const Permission& permission, Timestamp now) {
  if (decide(authority, permission, nullptr, now).allowed) return {.everything = true, .ids = {}};
  Reach out;
  for (const Grant& grant : authority.grants) {
    if (grant.resource && grant.resource->type == permission.resource() && is_active(grant, now) &&
        grant.permission.covers(permission)) {
      out.ids.push_back(grant.resource->id);
    }
  }
  std::ranges::sort(out.ids);
  const auto repeated = std::ranges::unique(out.ids);
  out.ids.erase(repeated.begin(), repeated.end());
  return out;
}

Explanation explain(const AuthorityDecision& decision, const Permission& permission) {
  Explanation out;
  out.allowed = decision.allowed;
  out.because = reason_text(decision, permission);
  out.source = name_of(decision.source);
  if (const Grant* grant = decision.grant) {
    out.grant_id = grant->id;
    out.from = grant->from;
    out.until = grant->until;
    out.approved_by = grant->approved_by;
  }
  return out;
}

bool is_fresh(std::optional<Timestamp> auth_time, std::chrono::seconds max_age, Timestamp now,
              const FreshnessOptions& options) {
  return auth_time && *auth_time <= now + options.clock_skew && now <= *auth_time + max_age;
}

}  // namespace ashlar::auth
