// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/security_headers.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace ashlar::web {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::seconds preload_age_min = 365 * 24h;

template <std::size_t N, class Value>
void add(std::string_view name, std::optional<Value> value, const std::array<std::string_view, N>& texts,
         std::vector<http::Field>& out) {
  if (value) out.push_back({name, texts.at(static_cast<std::size_t>(*value))});
}

void add(std::string_view name, SecurityHeaders::Sent sent, std::string_view value, std::vector<http::Field>& out) {
  if (sent == SecurityHeaders::Sent::yes) out.push_back({name, value});
}

constexpr std::array<std::string_view, 3> embedder_policies = {"unsafe-none", "require-corp", "credentialless"};
constexpr std::array<std::string_view, 3> opener_policies = {"unsafe-none", "same-origin-allow-popups", "same-origin"};
constexpr std::array<std::string_view, 3> resource_policies = {"cross-origin", "same-site", "same-origin"};
constexpr std::array<std::string_view, 8> referrer_policies = {
    "no-referrer",   "no-referrer-when-downgrade",      "origin",    "origin-when-cross-origin", "same-origin",
    "strict-origin", "strict-origin-when-cross-origin", "unsafe-url"};
constexpr std::array<std::string_view, 2> frame_options = {"DENY", "SAMEORIGIN"};
constexpr std::array<std::string_view, 2> dns_prefetches = {"off", "on"};
constexpr std::array<std::string_view, 4> cross_domain_policies = {"none", "master-only", "by-content-type", "all"};

std::string text_of(const StrictTransportSecurity& options) {
  std::string out = "max-age=" + std::to_string(options.age_max.count());
  if (options.subdomains == StrictTransportSecurity::Subdomains::included) out += "; includeSubDomains";
  if (options.preload == StrictTransportSecurity::Preload::yes) out += "; preload";
  return out;
}

}  // namespace

SecurityHeaders SecurityHeaders::none() {
  return {.content_security_policy = std::nullopt,
          .cross_origin_embedder_policy = std::nullopt,
          .cross_origin_opener_policy = std::nullopt,
          .cross_origin_resource_policy = std::nullopt,
          .origin_agent_cluster = Sent::no,
          .referrer_policy = std::nullopt,
          .strict_transport_security = std::nullopt,
          .content_type_options = Sent::no,
          .dns_prefetch_control = std::nullopt,
          .download_options = Sent::no,
          .frame_options = std::nullopt,
          .permitted_cross_domain_policies = std::nullopt,
          .xss_protection = Sent::no};
}

std::optional<std::string> SecurityHeaders::validate() const {
  if (content_security_policy) {
    if (auto wrong = content_security_policy->validate()) return "content_security_policy: " + *wrong;
  }
  if (!strict_transport_security) return std::nullopt;
  const StrictTransportSecurity& transport = *strict_transport_security;
  if (transport.age_max < 0s) return "strict_transport_security: age_max is negative.";
  if (transport.preload == StrictTransportSecurity::Preload::yes &&
      (transport.age_max < preload_age_min || transport.subdomains != StrictTransportSecurity::Subdomains::included))
    return "strict_transport_security: preload needs an age_max of at least a year, and the subdomains.";
  return std::nullopt;
}

SecurityHeaderBlocks::SecurityHeaderBlocks(const SecurityHeaders& options) {
  std::string policy_name, policy, transport;
  std::vector<http::Field> fields;
  if (options.content_security_policy) {
    policy_name = options.content_security_policy->header_name();
    policy = options.content_security_policy->text();
    fields.push_back({policy_name, policy});
  }
  add("Cross-Origin-Embedder-Policy", options.cross_origin_embedder_policy, embedder_policies, fields);
  add("Cross-Origin-Opener-Policy", options.cross_origin_opener_policy, opener_policies, fields);
  add("Cross-Origin-Resource-Policy", options.cross_origin_resource_policy, resource_policies, fields);
  add("Origin-Agent-Cluster", options.origin_agent_cluster, "?1", fields);
  add("Referrer-Policy", options.referrer_policy, referrer_policies, fields);
  add("X-Content-Type-Options", options.content_type_options, "nosniff", fields);
  add("X-DNS-Prefetch-Control", options.dns_prefetch_control, dns_prefetches, fields);
  add("X-Download-Options", options.download_options, "noopen", fields);
  add("X-Frame-Options", options.frame_options, frame_options, fields);
  add("X-Permitted-Cross-Domain-Policies", options.permitted_cross_domain_policies, cross_domain_policies, fields);
  add("X-XSS-Protection", options.xss_protection, "0", fields);
  plain_ = http::HeaderBlock(fields);
  if (options.strict_transport_security) {
    transport = text_of(*options.strict_transport_security);
    fields.push_back({"Strict-Transport-Security", transport});
  }
  over_tls_ = http::HeaderBlock(fields);
}

}  // namespace ashlar::web
