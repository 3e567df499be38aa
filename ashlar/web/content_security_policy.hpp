// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::web {

// The keyword sources, including their quotes. Write hosts without quotes: csp::self, "https://cdn.example".
namespace csp {
inline constexpr const char* self = "'self'";
inline constexpr const char* none = "'none'";
inline constexpr const char* unsafe_inline = "'unsafe-inline'";
inline constexpr const char* unsafe_eval = "'unsafe-eval'";
inline constexpr const char* wasm_unsafe_eval = "'wasm-unsafe-eval'";
inline constexpr const char* unsafe_hashes = "'unsafe-hashes'";
inline constexpr const char* strict_dynamic = "'strict-dynamic'";
inline constexpr const char* report_sample = "'report-sample'";
}  // namespace csp

// A Content-Security-Policy (CSP Level 3): the sources from which a page may load and run content. Each member is a
// directive, its value the sources. A directive without sources is omitted; default_src then applies where the standard
// says so.
//
//   ContentSecurityPolicy policy;
//   policy.img_src = {csp::self, "https://images.example", "data:"};
//
// validate() finds errors; an App calls it at start. A nonce must differ in each response, so it does not belong here:
// a handler that uses one sets the header itself.
struct ContentSecurityPolicy {
  // A scheme ("data:"), a host with or without scheme, port and path ("*.example.com"), a hash ("'sha256-...'"), or a
  // keyword of csp.
  using Sources = std::vector<std::string>;

  Sources default_src = {csp::self};
  Sources base_uri = {csp::self};
  Sources child_src = {};
  Sources connect_src = {};
  Sources font_src = {csp::self};
  Sources form_action = {csp::self};
  Sources frame_ancestors = {csp::none};
  Sources frame_src = {};
  Sources img_src = {csp::self, "data:"};
  Sources manifest_src = {};
  Sources media_src = {};
  Sources object_src = {csp::none};
  Sources script_src = {csp::self};
  Sources script_src_attr = {csp::none};
  Sources script_src_elem = {};
  Sources style_src = {csp::self};
  Sources style_src_attr = {};
  Sources style_src_elem = {};
  Sources worker_src = {};
  std::optional<std::vector<std::string>> sandbox = {};  // flags, as in {"allow-scripts"}; {}: nothing is allowed
  std::vector<std::string> trusted_types = {};           // names of policies, or "'none'", "'allow-duplicates'", "*"
  enum class TrustedTypes : std::uint8_t { optional, required_for_scripts } trusted_types_use = TrustedTypes::optional;
  enum class InsecureRequests : std::uint8_t { kept, upgraded } insecure_requests = InsecureRequests::kept;
  std::string report_to = {};  // the name of an endpoint of the Reporting-Endpoints header
  // Reports violations without enforcing the policy: for trying it out.
  enum class Mode : std::uint8_t { enforced, report_only } mode = Mode::enforced;

  // Nothing may be loaded, and no page may frame it: for responses that are not pages, and as a starting point.
  [[nodiscard]] static ContentSecurityPolicy nothing();

  // Why it is invalid, in a sentence; nullopt when it is valid.
  [[nodiscard]] std::optional<std::string> validate() const;
  // The header's name and value. The policy must be valid.
  [[nodiscard]] std::string header_name() const;
  [[nodiscard]] std::string text() const;
};

}  // namespace ashlar::web
