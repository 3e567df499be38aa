// SPDX-License-Identifier: Apache-2.0
#include "ashlar/webhooks/stripe_signature.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/hmac.hpp"
#include "ashlar/core/parse.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace ashlar::webhooks {

namespace {

struct Field {
  std::string_view time;
  std::vector<std::string_view> signatures;  // v1
};

// nullopt: malformed.
std::optional<Field> parse(std::string_view text, std::size_t signatures_max) {
  Field out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = item.substr(0, equals), value = item.substr(equals + 1);
    if (key == "t") {
      if (!out.time.empty()) return std::nullopt;
      out.time = value;
    } else if (key == "v1") {
      if (out.signatures.size() == signatures_max) return std::nullopt;
      out.signatures.push_back(value);
    }
  }
  if (out.time.empty() || out.signatures.empty()) return std::nullopt;
  return out;
}

std::string signature_of(std::string_view secret, std::string_view time, std::string_view body) {
  std::string signed_text(time);
  signed_text.append(".").append(body);
  return to_hex(hmac_sha256(secret, signed_text));
}

std::unexpected<Error> refused(std::string message) { return fail(errors::signature_invalid, std::move(message)); }

}  // namespace

Result<> verify_stripe_signature(std::string_view field, std::string_view body, const StripeSignatureOptions& options,
                                 Timestamp now) {
  if (field.empty()) return refused("The field Stripe-Signature is missing.");
  const auto parsed = parse(field, options.signatures_max);
  if (!parsed) return refused("The field Stripe-Signature is malformed.");
  const auto seconds = parse_integer<std::int64_t>(parsed->time);
  constexpr std::int64_t seconds_max = Timestamp::milliseconds_max / 1'000;
  if (!seconds || *seconds < 0 || *seconds > seconds_max || !is_digit(parsed->time.front()))
    return refused("The field Stripe-Signature is malformed.");

  bool right = false;
  for (const std::string& secret : options.secrets) {
    const std::string expected = signature_of(secret, parsed->time, body);
    for (const std::string_view given : parsed->signatures) right |= equal_in_constant_time(expected, given);
  }
  if (!right) return refused("No signature of Stripe-Signature is one of this body.");
  const std::chrono::seconds age(now.seconds() - *seconds);
  if (age > options.tolerance || age < -options.tolerance)
    return refused("The time of Stripe-Signature is too far from now.");
  return {};
}

std::string stripe_signature(std::string_view body, std::span<const std::string> secrets, Timestamp at) {
  const std::string time = std::to_string(at.seconds());
  std::string out = "t=" + time;
  for (const std::string& secret : secrets) out += ",v1=" + signature_of(secret, time, body);
  return out;
}

}  // namespace ashlar::webhooks
