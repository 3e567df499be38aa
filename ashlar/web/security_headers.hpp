// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/content_security_policy.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ashlar::web {

// RFC 6797: a browser that has used https once must not use http again. Sent over TLS only (section 7.2).
struct StrictTransportSecurity {
  std::chrono::seconds age_max{365 * 24 * 3600};
  enum class Subdomains : std::uint8_t { left_out, included } subdomains = Subdomains::included;
  // Whether browsers may include the domain in their built-in list, which requires a year and subdomains.
  enum class Preload : std::uint8_t { no, yes } preload = Preload::yes;
};

enum class CrossOriginEmbedderPolicy : std::uint8_t { unsafe_none, require_corp, credentialless };
enum class CrossOriginOpenerPolicy : std::uint8_t { unsafe_none, same_origin_allow_popups, same_origin };
enum class CrossOriginResourcePolicy : std::uint8_t { cross_origin, same_site, same_origin };
enum class ReferrerPolicy : std::uint8_t {
  no_referrer,
  no_referrer_when_downgrade,
  origin,
  origin_when_cross_origin,
  same_origin,
  strict_origin,
  strict_origin_when_cross_origin,
  unsafe_url
};
enum class FrameOptions : std::uint8_t { deny, same_origin };
enum class DnsPrefetch : std::uint8_t { off, on };
enum class CrossDomainPolicies : std::uint8_t { none, master_only, by_content_type, all };

// The fields that restrict browsers: helmet's, with its defaults or stricter ones. Each can have another value, or
// std::nullopt (Sent::no): then it is not sent. A field that a handler sets replaces the one from here.
struct SecurityHeaders {
  enum class Sent : std::uint8_t { no, yes };

  std::optional<ContentSecurityPolicy> content_security_policy = ContentSecurityPolicy{};
  std::optional<CrossOriginEmbedderPolicy> cross_origin_embedder_policy = std::nullopt;
  std::optional<CrossOriginOpenerPolicy> cross_origin_opener_policy = CrossOriginOpenerPolicy::same_origin;
  std::optional<CrossOriginResourcePolicy> cross_origin_resource_policy = CrossOriginResourcePolicy::same_origin;
  Sent origin_agent_cluster = Sent::yes;  // ?1
  std::optional<ReferrerPolicy> referrer_policy = ReferrerPolicy::no_referrer;
  std::optional<StrictTransportSecurity> strict_transport_security = StrictTransportSecurity{};
  Sent content_type_options = Sent::yes;  // X-Content-Type-Options: nosniff
  std::optional<DnsPrefetch> dns_prefetch_control = DnsPrefetch::off;
  Sent download_options = Sent::yes;  // X-Download-Options: noopen
  std::optional<FrameOptions> frame_options = FrameOptions::deny;
  std::optional<CrossDomainPolicies> permitted_cross_domain_policies = CrossDomainPolicies::none;
  Sent xss_protection = Sent::yes;  // X-XSS-Protection: 0; the filter of old browsers did more harm than good

  [[nodiscard]] static SecurityHeaders none();

  // Why it is invalid, in a sentence; nullopt when it is valid.
  [[nodiscard]] std::optional<std::string> validate() const;
};

// The same in serialized form: a response costs a copy of bytes. Immutable.
class SecurityHeaderBlocks {
 public:
  explicit SecurityHeaderBlocks(const SecurityHeaders& options);  // must be valid
  void add_to(http::ResponseHeaders& headers, http::Scheme scheme) const {
    headers.add(scheme == http::Scheme::https ? over_tls_ : plain_);
  }

 private:
  http::HeaderBlock plain_;
  http::HeaderBlock over_tls_;
};

}  // namespace ashlar::web
