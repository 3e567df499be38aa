// SPDX-License-Identifier: Apache-2.0
// The chain's limits: prepared at start, counted before and after it is known who asks.
#include "ashlar/web/app_state.hpp"
#include "ashlar/web/error_response.hpp"

namespace ashlar::web {

namespace {

// FNV-1a: a limit must have the same number in every process that shares a store.
std::uint64_t number_of(std::string_view line) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : line) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

LimitStage stage_of(const RateLimit& limit) {
  return limit.by == RateLimit::By::account || limit.by == RateLimit::By::function ? LimitStage::known_who_asks
                                                                                   : LimitStage::anybody;
}

RateLimitKey key_of(const PreparedLimit& prepared, const Exchange& exchange) {
  switch (prepared.limit.by) {
    case RateLimit::By::address:
      break;
    case RateLimit::By::account:
      if (const auto* principal = exchange.context.principal())
        return RateLimitKey::of_account(principal->id, prepared.number);
      break;
    case RateLimit::By::header:
      if (const auto value = exchange.request.headers.get(prepared.limit.header); !value.empty())
        return RateLimitKey::of_text(value, prepared.number);
      break;
    case RateLimit::By::function:
      if (const std::string text = prepared.limit.key(exchange.context, exchange.request); !text.empty())
        return RateLimitKey::of_text(text, prepared.number);
      break;
  }
  return RateLimitKey::of_address(exchange.client.address, prepared.number);
}

}  // namespace

void App::State::prepare_limits(PreparedRoute& out) const {
  const auto add = [&](const RateLimit& limit, std::uint64_t number) {
    const LimitStage stage = stage_of(limit);
    out.limits.push_back({limit, number, stage});
    if (stage == LimitStage::known_who_asks) out.limited_by_who_asks = true;
  };
  if (server_limit && !is_never_limited(out.route->path)) add(*server_limit, 0);
  if (const auto& own = out.route->limit)
    add(*own, number_of(std::string(http::to_string(out.route->method)) + ' ' + out.route->path));
}

std::optional<Error> App::State::note(Exchange& exchange, const RateLimitDecision& decision) const {
  exchange.limit = tighter(exchange.limit, decision);
  if (decision.allowed) return std::nullopt;
  return Error(errors::rate_limited, "Too many requests; try again later.").with_retry_after(decision.retry_after);
}

std::optional<Result<>> App::State::try_limit(Exchange& exchange) const {
  for (exchange.limits_counted = 0; exchange.limits_counted < exchange.route->limits.size();
       ++exchange.limits_counted) {
    const PreparedLimit& prepared_limit = exchange.route->limits[exchange.limits_counted];
    if (prepared_limit.stage != exchange.stage) continue;
    const auto decision = counts->try_take(key_of(prepared_limit, exchange), prepared_limit.limit, exchange.began);
    if (!decision) return std::nullopt;
    if (auto refused = note(exchange, *decision)) return std::unexpected(std::move(*refused));
  }
  return Result<>{};
}

Task<Result<>> App::State::limit(Exchange& exchange) const {
  for (; exchange.limits_counted < exchange.route->limits.size(); ++exchange.limits_counted) {
    const PreparedLimit& prepared_limit = exchange.route->limits[exchange.limits_counted];
    if (prepared_limit.stage != exchange.stage) continue;
    const RateLimitDecision decision =
        co_await counts->take_later(key_of(prepared_limit, exchange), prepared_limit.limit, exchange.began);
    if (auto refused = note(exchange, decision)) co_return std::unexpected(std::move(*refused));
  }
  co_return Result<>{};
}

}  // namespace ashlar::web
