// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/rate_limit.hpp"

#include "ashlar/core/ip_address.hpp"

#include <openssl/sha.h>

#include <array>
#include <cstring>

namespace ashlar::api {

namespace {

constexpr std::uint32_t requests_max = 100'000'000;
constexpr std::chrono::seconds window_max = std::chrono::days(31);

std::uint64_t big_endian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

std::optional<std::string> RateLimit::validate() const {
  if (requests == 0 || window <= std::chrono::seconds::zero())
    return "has a limit that lets nothing through; give it at least one request a second";
  if (requests > requests_max || burst > requests_max || window > window_max)
    return "has a limit of more than 100,000,000 requests or 31 days";
  if (algorithm != Algorithm::token_bucket && burst != 0) return "has a burst, which only a token bucket has";
  if ((by == By::field) == field.empty())
    return "has a limit by field without the field's name, or a name that it does not use";
  if ((by == By::function) == (key == nullptr))
    return "has a limit by function without a function, or a function that it does not use";
  return std::nullopt;
}

std::string RateLimit::text() const {
  std::string out = std::to_string(requests);
  out += window == std::chrono::minutes(1) ? "/min" : '/' + std::to_string(window.count()) + 's';
  if (algorithm == Algorithm::sliding_window) out += " sliding";
  if (algorithm == Algorithm::token_bucket) out += " token bucket of " + std::to_string(burst == 0 ? requests : burst);
  if (by == By::account) out += " by account";
  if (by == By::field) out.append(" by ").append(field);
  if (by == By::function) out += " by function";
  return out;
}

RateLimitKey RateLimitKey::of_address(std::string_view address, std::uint64_t limit) {
  const auto parsed = IpAddress::parse(address);
  if (!parsed) {  // a socket file, a test: separate from all addresses
    RateLimitKey key = of_text(address, limit);
    key.client_high |= std::uint64_t{1} << 63;
    return key;
  }
  return {.client_high = parsed->high(), .client_low = parsed->is_ipv4() ? parsed->low() : 0, .limit = limit};
}

RateLimitKey RateLimitKey::of_account(const Uuid& account, std::uint64_t limit) {
  return {.client_high = big_endian(account.bytes().data()),
          .client_low = big_endian(account.bytes().data() + 8),
          .limit = limit};
}

RateLimitKey RateLimitKey::of_text(std::string_view text, std::uint64_t limit) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return {.client_high = big_endian(digest.data()), .client_low = big_endian(digest.data() + 8), .limit = limit};
}

Error rate_limit_error(const RateLimitDecision& decision) {
  return Error(errors::rate_limited, "Too many requests; try again later.").with_retry_after(decision.retry_after);
}

RateLimitDecision tighter(const RateLimitDecision& a, const RateLimitDecision& b) {
  if (a.limit == 0) return b;
  if (b.limit == 0) return a;
  if (a.allowed != b.allowed) return a.allowed ? b : a;
  if (!a.allowed) return a.retry_after > b.retry_after ? a : b;
  return a.remaining <= b.remaining ? a : b;
}

}  // namespace ashlar::api
