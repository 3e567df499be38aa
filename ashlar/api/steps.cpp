// SPDX-License-Identifier: Apache-2.0
// The standard steps. api_test.cpp proves their order: TheStepsRefuseInTheirOrder.
#include "ashlar/api/detail/authentication_step.hpp"
#include "ashlar/api/guard.hpp"
#include "ashlar/api/overload.hpp"
#include "ashlar/api/step.hpp"
#include "ashlar/auth/token.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::api {

namespace {

class OverloadStep final : public Step {
 public:
  explicit OverloadStep(Overload& overload) : overload_(overload) {}

  [[nodiscard]] std::string_view name() const override { return "overload"; }
  [[nodiscard]] bool concerns(const PreparedEndpoint& endpoint) const override {
    return endpoint.endpoint->importance == Endpoint::Importance::normal;
  }
  [[nodiscard]] std::optional<Result<>> try_decide(Invocation& invocation) const override {
    if (auto error = overload_.refusal(invocation.began)) return std::unexpected(std::move(*error));
    return Result<>{};
  }

 private:
  Overload& overload_;
};

// Counts a call against one list of its endpoint's limits. When the store has to wait, the coroutine continues there.
class LimitStep final : public Step {
 public:
  using Limits = std::vector<PreparedLimit> PreparedEndpoint::*;
  LimitStep(std::string_view name, Limits limits, RateLimitStore*& store)
      : name_(name), limits_(limits), store_(store) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] bool concerns(const PreparedEndpoint& endpoint) const override { return !(endpoint.*limits_).empty(); }
  [[nodiscard]] std::optional<Result<>> try_decide(Invocation& invocation) const override {
    if (invocation.limits == Invocation::Limits::exempt) return Result<>{};
    const auto& limits = invocation.endpoint.*limits_;
    for (std::size_t& counted = invocation.limits_counted = 0; counted < limits.size(); ++counted) {
      const auto decision =
          store_->try_take(rate_limit_key(limits[counted], invocation.call), limits[counted].limit, invocation.began);
      if (!decision) return std::nullopt;
      if (auto noted = note(invocation, *decision); !noted) return noted;
    }
    return Result<>{};
  }
  [[nodiscard]] Task<Result<>> decide(Invocation& invocation) const override {
    const auto& limits = invocation.endpoint.*limits_;
    for (std::size_t& counted = invocation.limits_counted; counted < limits.size(); ++counted) {
      const RateLimitDecision decision = co_await store_->take_later(rate_limit_key(limits[counted], invocation.call),
                                                                     limits[counted].limit, invocation.began);
      if (auto noted = note(invocation, decision); !noted) co_return noted;
    }
    co_return Result<>{};
  }

 private:
  static Result<> note(Invocation& invocation, const RateLimitDecision& decision) {
    invocation.transport.set_rate_limit(decision);
    if (decision.allowed) return {};
    return std::unexpected(rate_limit_error(decision));
  }

  const std::string_view name_;
  const Limits limits_;
  RateLimitStore*& store_;
};

class GuardStep final : public Step {
 public:
  [[nodiscard]] std::string_view name() const override { return "guard"; }
  [[nodiscard]] std::optional<Result<>> try_decide(Invocation& invocation) const override {
    if (!pass_key(invocation)) return forbidden();
    invocation.ruling = invocation.endpoint.guard->decide(invocation.call, nullptr);
    switch (invocation.ruling.verdict) {
      case Verdict::allowed:
        return Result<>{};
      case Verdict::needs_object:
        if (invocation.endpoint.id == nullptr && invocation.endpoint.owner_source == nullptr) return forbidden();
        return Result<>{};
      case Verdict::forbidden:
        return forbidden();
      case Verdict::stale:
        return std::unexpected(step_up_error(invocation.ruling.sign_in_age_max));
      case Verdict::unauthenticated:
        break;
    }
    if (invocation.credential_refusal) return std::unexpected(std::move(*invocation.credential_refusal));
    return std::unexpected(Error(auth::errors::not_signed_in, "Sign in to do this."));
  }

 private:
  static Result<> forbidden() { return fail(auth::errors::forbidden, "You may not do this."); }

  // Whether an API key may be used here. On an open endpoint, a key that may not be used does not count as a
  // credential.
  static bool pass_key(Invocation& invocation) {
    const auth::PresentedKey* key = invocation.call.presented_key();
    if (key == nullptr) return true;
    const auto covered = [&](const auth::Permission& permission) { return key->covers(permission); };
    if (std::ranges::any_of(invocation.endpoint.api_key_permissions, covered)) return true;
    if (invocation.endpoint.caller == PreparedEndpoint::Caller::user) return false;
    invocation.call.set_principal(nullptr);
    invocation.call.set_authority(nullptr);
    return true;
  }
};

class TransportStep final : public Step {
 public:
  [[nodiscard]] std::string_view name() const override { return "transport"; }
  [[nodiscard]] std::optional<Result<>> try_decide(Invocation& invocation) const override {
    if (auto error = invocation.transport.refuse(*invocation.endpoint.endpoint, invocation.call))
      return std::unexpected(std::move(*error));
    return Result<>{};
  }
};

}  // namespace

RateLimitKey rate_limit_key(const PreparedLimit& prepared, const Call& call) {
  switch (prepared.limit.by) {
    case RateLimit::By::address:
      break;
    case RateLimit::By::account:
      if (const auto* principal = call.principal()) return RateLimitKey::of_account(principal->id, prepared.number);
      break;
    case RateLimit::By::field:
      if (const auto value = call.field(prepared.limit.field); !value.empty())
        return RateLimitKey::of_text(value, prepared.number);
      break;
    case RateLimit::By::function:
      if (const std::string text = prepared.limit.key(call); !text.empty())
        return RateLimitKey::of_text(text, prepared.number);
      break;
  }
  return RateLimitKey::of_address(call.client_address(), prepared.number);
}

Task<Result<>> Step::decide(Invocation& invocation) const {
  auto decided = try_decide(invocation);
  if (!decided) throw std::logic_error("a step that waits overrides decide()");
  co_return std::move(*decided);
}

Steps Steps::standard(Overload& overload, RateLimitStore*& limits, CallerSources callers) {
  Steps out;
  out.steps_ = {std::make_shared<OverloadStep>(overload),
                std::make_shared<LimitStep>("client limits", &PreparedEndpoint::by_client, limits),
                detail::authentication_step(callers),
                std::make_shared<GuardStep>(),
                std::make_shared<TransportStep>(),
                std::make_shared<LimitStep>("caller limits", &PreparedEndpoint::by_caller, limits)};
  return out;
}

void Steps::insert_after(std::string_view name, std::shared_ptr<const Step> step) {
  const auto named = [this](std::string_view wanted) {
    return std::ranges::find(steps_, wanted, [](const auto& each) { return each->name(); });
  };
  if (named(step->name()) != steps_.end())
    throw std::logic_error("there is a step \"" + std::string(step->name()) + "\" already");
  const auto place = named(name);
  if (place == steps_.end()) throw std::logic_error("there is no step \"" + std::string(name) + "\"");
  steps_.insert(place + 1, std::move(step));
}

}  // namespace ashlar::api
