// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/authority.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace ashlar::auth {
namespace {

using namespace std::chrono_literals;
using Source = AuthorityDecision::Source;
using Refusal = AuthorityDecision::Refusal;
using Combine = AccessRule::Combine;
using Ownership = AccessRule::Ownership;

constexpr Timestamp now = Timestamp::from_milliseconds(1'763'713'800'000);

Permission permission(std::string_view text) { return Permission::parse(text).value(); }
PermissionPattern pattern(std::string_view text) { return PermissionPattern::parse(text).value(); }
Uuid id(std::uint8_t last) { return Uuid({1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, last}); }
std::shared_ptr<const Role> role(std::string name, std::vector<std::string_view> permissions) {
  Role out{.name = std::move(name), .permissions = {}};
  for (const std::string_view text : permissions) out.permissions.push_back(pattern(text));
  return std::make_shared<const Role>(std::move(out));
}
Grant grant(std::uint8_t number, std::string_view text, Timestamp from, std::optional<Timestamp> until,
            std::optional<Grant::Object> object = std::nullopt) {
  return {.id = id(number),
          .permission = pattern(text),
          .resource = std::move(object),
          .from = from,
          .until = until,
          .reason = "cover for Ada",
          .approved_by = "grace@example.org"};
}

TEST(Authority, RefusesWhatNothingCovers) {
  const Authority authority{.account = id(1),
                            .roles = {role("editor", {"update:post", "*:comment"})},
                            .own = {pattern("create:product")},
                            .grants = {grant(2, "delete:*", now + 1h, now + 2h), grant(3, "read:order", now - 2h, now),
                                       grant(4, "edit:post", now - 1h, now + 1h, Grant::Object{"post", "7"})}};
  const ResourceRef post7{"post", "7"}, post8{"post", "8"}, comment7{"comment", "7"};
  struct Case {
    std::string_view asked;
    const ResourceRef* resource;
    Refusal refusal;
  };
  for (const Case& c :
       {Case{"update:product", nullptr, Refusal::not_held}, Case{"create:post", &post7, Refusal::not_held},
        Case{"delete:post", nullptr, Refusal::not_yet}, Case{"read:order", nullptr, Refusal::expired},
        Case{"edit:post", nullptr, Refusal::not_held}, Case{"edit:post", &post8, Refusal::not_held},
        Case{"edit:post", &comment7, Refusal::not_held}, Case{"edit:order", &post7, Refusal::not_held}}) {
    const AuthorityDecision decision = decide(authority, permission(c.asked), c.resource, now);
    EXPECT_FALSE(decision.allowed) << c.asked;
    EXPECT_EQ(decision.source, Source::none) << c.asked;
    EXPECT_EQ(decision.refusal, c.refusal) << c.asked;
    EXPECT_FALSE(explain(decision, permission(c.asked)).allowed);
  }
  EXPECT_EQ(decide(authority, permission("edit:post"), &post7, now).source, Source::relationship);
  EXPECT_FALSE(decide(Authority{}, permission("read:post"), nullptr, now).allowed);
  // "admin" is a name like any other.
  EXPECT_FALSE(decide({.account = id(1), .roles = {role("admin", {})}, .own = {}, .grants = {}},
                      permission("read:post"), nullptr, now)
                   .allowed);
}

TEST(Authority, AGrantCountsFromItsFirstToItsLastMillisecond) {
  const Authority authority{
      .account = id(1), .roles = {}, .own = {}, .grants = {grant(2, "edit:post", now, now + 10s)}};
  const auto asked = permission("edit:post");
  EXPECT_EQ(decide(authority, asked, nullptr, now - 1ms).refusal, Refusal::not_yet);
  EXPECT_TRUE(decide(authority, asked, nullptr, now).allowed);
  EXPECT_TRUE(decide(authority, asked, nullptr, now + 10s - 1ms).allowed);
  EXPECT_EQ(decide(authority, asked, nullptr, now + 10s).refusal, Refusal::expired);
  // An interval that ends before it begins is never.
  const Authority reversed{.account = id(1), .roles = {}, .own = {}, .grants = {grant(2, "edit:post", now + 1s, now)}};
  for (const auto at : {now - 1s, now, now + 500ms, now + 1s, now + 2s}) {
    EXPECT_FALSE(decide(reversed, asked, nullptr, at).allowed);
  }
}

TEST(Authority, SaysWhyUntilWhenAndByWhom) {
  const Authority authority{.account = id(1),
                            .roles = {role("user", {"read:post"}), role("editor", {"update:*"})},
                            .own = {pattern("create:product")},
                            .grants = {grant(2, "*", now - 2h, now + 1h), grant(3, "delete:post", now - 1h, now + 3h),
                                       grant(4, "edit:post", now - 1h, std::nullopt, Grant::Object{"post", "7"}),
                                       grant(5, "archive:post", now + 5h, now + 6h)}};
  const ResourceRef post7{"post", "7"};
  struct Case {
    std::string_view asked, because, source;
    std::optional<Uuid> grant_id;
    std::optional<Timestamp> until;
    Timestamp at = now;
  };
  for (const Case& c :
       {Case{"create:product", "the account holds create:product", "own", {}, {}},
        Case{"update:post", "role editor holds update:*", "role", {}, {}},
        Case{"delete:post", "a grant of delete:post", "grant", id(3), now + 3h},
        Case{"refund:order", "a grant of *", "grant", id(2), now + 1h},
        Case{"edit:post", "a grant of edit:post on post 7", "relationship", id(4), {}},
        Case{"archive:post", "a grant of archive:post has not begun", "none", id(5), now + 6h, now + 4h},
        Case{"refund:order", "a grant of * has ended", "none", id(2), now + 1h, now + 4h}}) {
    const Explanation why = explain(decide(authority, permission(c.asked), &post7, c.at), permission(c.asked));
    EXPECT_EQ(why.because, c.because);
    EXPECT_EQ(why.source, c.source) << c.asked;
    EXPECT_EQ(why.grant_id, c.grant_id) << c.asked;
    EXPECT_EQ(why.until, c.until) << c.asked;
    EXPECT_EQ(why.approved_by, c.grant_id ? std::optional<std::string>("grace@example.org") : std::nullopt);
    EXPECT_EQ(why.allowed, c.source != "none");
  }
  EXPECT_EQ(explain(decide({}, permission("read:x"), nullptr, now), permission("read:x")).because,
            "no role, permission or grant covers read:x");
}

TEST(Authority, DecidesRules) {
  const Authority authority{
      .account = id(1),
      .roles = {},
      .own = {pattern("update:post")},
      .grants = {grant(2, "delete:post", now - 1h, now + 2h), grant(3, "read:post", now - 1h, now + 1h)}};
  const ResourceRef mine{"post", "7", id(1)}, other{"post", "8", id(9)}, nobodys{"post", "9"};
  const std::vector<Permission> none{}, held{permission("update:post")}, lacking{permission("create:post")},
      mixed{permission("create:post"), permission("update:post")},
      all{permission("update:post"), permission("delete:post"), permission("read:post")};
  struct Case {
    std::vector<Permission> permissions;
    Combine combine;
    Ownership ownership;
    const ResourceRef* resource;
    bool allowed;
    Source source;
  };
  for (const Case& c : std::vector<Case>{
           {lacking, Combine::any_of, Ownership::ignored, &mine, false, Source::none},
           {mixed, Combine::all_of, Ownership::ignored, &mine, false, Source::none},
           {mixed, Combine::any_of, Ownership::ignored, &other, true, Source::own},
           {all, Combine::all_of, Ownership::ignored, nullptr, true, Source::grant},
           {none, Combine::any_of, Ownership::ignored, nullptr, true, Source::none},
           {none, Combine::any_of, Ownership::sufficient, &mine, true, Source::owner},
           {none, Combine::any_of, Ownership::sufficient, &other, false, Source::none},
           {none, Combine::any_of, Ownership::sufficient, &nobodys, false, Source::none},
           {none, Combine::any_of, Ownership::sufficient, nullptr, false, Source::none},
           {lacking, Combine::all_of, Ownership::sufficient, &mine, true, Source::owner},
           {lacking, Combine::all_of, Ownership::sufficient, &other, false, Source::none},
           {held, Combine::any_of, Ownership::sufficient, &other, true, Source::own},
           {held, Combine::any_of, Ownership::required, &mine, true, Source::own},
           {held, Combine::any_of, Ownership::required, &other, false, Source::none},
           {held, Combine::any_of, Ownership::required, nullptr, false, Source::none},
           {lacking, Combine::any_of, Ownership::required, &mine, false, Source::none},
           {none, Combine::any_of, Ownership::required, &mine, true, Source::owner},
       }) {
    const auto decision = decide(authority, AccessRule{c.permissions, c.combine, c.ownership}, c.resource, now);
    EXPECT_EQ(decision.allowed, c.allowed);
    EXPECT_EQ(decision.source, c.source);
    EXPECT_EQ(decision.refusal == Refusal::none, c.allowed);
  }
  // All of them hold until the first of them ends.
  EXPECT_EQ(decide(authority, AccessRule{all, Combine::all_of}, nullptr, now).grant->id, id(3));
  // An account without an id owns nothing.
  const ResourceRef nil{"post", "1", Uuid{}};
  EXPECT_FALSE(decide(Authority{}, AccessRule{{}, Combine::any_of, Ownership::sufficient}, &nil, now).allowed);
}

TEST(Authority, SignInsAgeToTheMillisecond) {
  EXPECT_FALSE(is_fresh(std::nullopt, 5min, now));
  EXPECT_TRUE(is_fresh(now - 5min, 5min, now));
  EXPECT_FALSE(is_fresh(now - 5min - 1ms, 5min, now));
  EXPECT_TRUE(is_fresh(now + 5s, 5min, now));
  EXPECT_FALSE(is_fresh(now + 5s + 1ms, 5min, now));
  EXPECT_FALSE(is_fresh(now + 1ms, 5min, now, {.clock_skew = 0s}));
  EXPECT_TRUE(is_fresh(now, 0s, now));
  EXPECT_FALSE(is_fresh(now - 1ms, 0s, now));
}

// The rule by the letter: every text that covers the permission is looked for in every list, and what is found is
// sorted.
struct Naive {
  bool allowed = false;
  Source source = Source::none;
  Refusal refusal = Refusal::not_held;
  const Grant* grant = nullptr;
};

Naive decide_naively(const Authority& authority, const std::string& verb, const std::string& resource,
                     const ResourceRef* object, Timestamp at) {
  const std::vector<std::string> covering{"*", verb + ":*", "*:" + resource, verb + ":" + resource};
  const auto covers = [&covering](const PermissionPattern& p) {
    return std::ranges::find(covering, p.text()) != covering.end();
  };
  if (std::ranges::any_of(authority.own, covers)) return {true, Source::own, Refusal::none};
  for (const auto& held : authority.roles) {
    if (std::ranges::any_of(held->permissions, covers)) return {true, Source::role, Refusal::none};
  }
  const std::int64_t t = at.milliseconds();
  std::map<std::tuple<std::int64_t, std::int64_t, Uuid>, const Grant*> found;  // the first one counts
  for (const Grant& g : authority.grants) {
    if (!covers(g.permission)) continue;
    if (g.resource && (object == nullptr || g.resource->type != object->type || g.resource->id != object->id)) continue;
    if (g.resource && g.resource->type != resource) continue;
    const std::int64_t from = g.from.milliseconds(), until = g.until ? g.until->milliseconds() : INT64_MAX;
    if (from <= t && t < until) {
      found[{0, -until, g.id}] = &g;
    } else if (t < from && from < until) {
      found[{1, from, g.id}] = &g;
    } else {
      found[{2, -until, g.id}] = &g;
    }
  }
  if (found.empty()) return {};
  const Grant* first = found.begin()->second;
  switch (std::get<0>(found.begin()->first)) {
    case 0:
      return {true, first->resource ? Source::relationship : Source::grant, Refusal::none, first};
    case 1:
      return {false, Source::none, Refusal::not_yet, first};
    default:
      return {false, Source::none, Refusal::expired, first};
  }
}

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  const std::string& of(const std::vector<std::string>& texts) { return texts[below(texts.size())]; }

  PermissionPattern pattern() {
    if (one_in(30)) return auth::pattern("*");
    if (one_in(8)) return auth::pattern(of(verbs) + ":*");
    if (one_in(8)) return auth::pattern("*:" + of(resources));
    return auth::pattern(of(verbs) + ":" + of(resources));
  }
  Timestamp time() { return now + std::chrono::milliseconds(below(10)); }  // few, so that edges meet

  Authority authority() {
    Authority out;
    out.account = id(1);
    for (std::size_t i = below(3); i > 0; --i) {
      Role made{.name = "role", .permissions = {}};
      for (std::size_t k = below(3); k > 0; --k) made.permissions.push_back(pattern());
      out.roles.push_back(std::make_shared<const Role>(std::move(made)));
    }
    if (one_in(3)) out.own.push_back(pattern());
    for (std::size_t i = below(8); i > 0; --i) {
      Grant made = grant(static_cast<std::uint8_t>(below(25) * 10 + i), pattern().text(), time(), time());
      if (one_in(4)) made.until = std::nullopt;
      if (one_in(2)) made.resource = Grant::Object{of(resources), of(ids)};
      out.grants.push_back(std::move(made));
    }
    return out;
  }

  const std::vector<std::string> verbs{"create", "read", "update"}, resources{"post", "order", "product"},
      ids{"1", "2", "3"};

 private:
  std::mt19937_64 engine_;
};

TEST(Authority, EqualsTheNaiveRuleInAMillionCases) {
  const std::uint64_t seed = 20'261'130;
  SCOPED_TRACE(seed);
  Chance chance(seed);
  std::map<Source, int> sources;
  std::map<Refusal, int> refusals;
  for (int round = 0; round < 20'000; ++round) {
    const Authority authority = chance.authority();
    for (int i = 0; i < 50; ++i) {
      const std::string verb = chance.of(chance.verbs), resource = chance.of(chance.resources);
      const std::string type = chance.one_in(10) ? chance.of(chance.resources) : resource;
      const std::string object_id = chance.of(chance.ids);
      const ResourceRef object{type, object_id};
      const ResourceRef* const given = chance.one_in(3) ? nullptr : &object;
      const Timestamp at = chance.time();
      const Permission asked = permission(verb + ":" + resource);
      const AuthorityDecision decision = decide(authority, asked, given, at);
      const Naive naive = decide_naively(authority, verb, resource, given, at);
      const Explanation why = explain(decision, asked);
      ASSERT_EQ(decision.allowed, naive.allowed) << asked.text() << " round " << round;
      ASSERT_EQ(decision.source, naive.source) << asked.text() << " round " << round;
      ASSERT_EQ(decision.refusal, naive.refusal) << asked.text() << " round " << round;
      ASSERT_EQ(decision.grant != nullptr, naive.grant != nullptr);
      if (naive.grant != nullptr) ASSERT_EQ(decision.grant->id, naive.grant->id) << asked.text() << " round " << round;
      ASSERT_EQ(why.allowed, naive.allowed);
      if (naive.grant != nullptr) ASSERT_EQ(why.until, naive.grant->until);
      // A list shows what a decision allows.
      if (given != nullptr && type == resource) {
        const Reach all = reach(authority, asked, at);
        ASSERT_EQ(all.everything || std::ranges::find(all.ids, object_id) != all.ids.end(), naive.allowed);
      }
      ++sources[naive.source];
      ++refusals[naive.refusal];
    }
  }
  for (const auto source : {Source::none, Source::own, Source::role, Source::grant, Source::relationship}) {
    EXPECT_GT(sources[source], 1'000) << static_cast<int>(source);  // every kind occurs
  }
  for (const auto refusal : {Refusal::none, Refusal::not_held, Refusal::not_yet, Refusal::expired}) {
    EXPECT_GT(refusals[refusal], 1'000) << static_cast<int>(refusal);
  }
}

TEST(Authority, SaysWhatItMayGiveToOthers) {
  const Authority authority{.account = id(1),
                            .roles = {role("editor", {"update:post"})},
                            .own = {pattern("create:*")},
                            .grants = {grant(2, "read:order", now, now + 1h), grant(3, "pay:order", now + 1h, now + 2h),
                                       grant(4, "edit:post", now, now + 1h, Grant::Object{"post", "7"})}};
  for (const std::string_view text : {"update:post", "create:product", "create:*", "read:order"})
    EXPECT_TRUE(holds(authority, pattern(text), now)) << text;
  for (const std::string_view text : {"*", "update:*", "*:post", "pay:order", "edit:post", "delete:post"})
    EXPECT_FALSE(holds(authority, pattern(text), now)) << text;
  EXPECT_FALSE(holds(authority, pattern("read:order"), now + 1h));
  EXPECT_TRUE(may_give(authority, pattern("create:product")));
  EXPECT_FALSE(may_give(authority, pattern("read:order"))) << "what is held for a time is not given on";
  EXPECT_TRUE(depends_on_object(authority, permission("edit:post"), now));
  EXPECT_FALSE(depends_on_object(authority, permission("edit:post"), now + 1h));
  EXPECT_FALSE(depends_on_object(authority, permission("edit:page"), now));
  EXPECT_TRUE(has_role(authority, {"admin", "editor"}, now));
  EXPECT_FALSE(has_role(authority, {"admin"}, now));
  EXPECT_TRUE(has_role({.account = id(1), .roles = {}, .own = {pattern("*")}, .grants = {}}, {"admin"}, now));
}

}  // namespace
}  // namespace ashlar::auth
