// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::web {

// The sources that are words. They are written with their quotes; a host is not: csp::self, "https://cdn.example".
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

// A Content-Security-Policy (CSP Level 3): where a page may take what it shows and runs from. A directive is a member,
// its value the sources; one without sources is left out, and then default_src holds where the standard says so.
//
//   ContentSecurityPolicy policy;
//   policy.img_src = {csp::self, "https://images.example", "data:"};
//
// validate() says what is wrong with it; an App asks at start. A nonce must be another in each answer, so it cannot
// stand here: a handler that has one sets the header itself.
struct ContentSecurityPolicy {
  // A scheme ("data:"), a host with or without scheme, port and path ("*.example.com"), a hash ("'sha256-...'"), or a
  // word of csp.
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
  std::optional<std::vector<std::string>> sandbox = {};  // flags, as in {"allow-scripts"}; {}: none is allowed anything
  std::vector<std::string> trusted_types = {};           // names of policies, or "'none'", "'allow-duplicates'", "*"
  enum class TrustedTypes : std::uint8_t { optional, required_for_scripts } trusted_types_use = TrustedTypes::optional;
  enum class InsecureRequests : std::uint8_t { kept, upgraded } insecure_requests = InsecureRequests::kept;
  std::string report_to = {};  // the name of an endpoint of the Reporting-Endpoints header
  // Reports what would be refused, and lets it through: to try a policy out.
  enum class Mode : std::uint8_t { enforced, report_only } mode = Mode::enforced;

  // Nothing at all may be loaded, and nobody may frame it: for answers that are no pages. To build on, too.
  [[nodiscard]] static ContentSecurityPolicy nothing();

  // What is wrong, in a sentence; nullopt when nothing is.
  [[nodiscard]] std::optional<std::string> validate() const;
  // The header's name and value. The value of a valid policy.
  [[nodiscard]] std::string header_name() const;
  [[nodiscard]] std::string text() const;
};

}  // namespace ashlar::web
