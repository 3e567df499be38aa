// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/cors.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>

namespace ashlar::web {

namespace {

constexpr http::Field vary_origin = {"Vary", "Origin"};
constexpr http::Field vary_preflight = {"Vary",
                                        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"};

std::string_view default_port_of(std::string_view scheme) {
  if (scheme == "https") return "443";
  return scheme == "http" ? "80" : "";
}

// RFC 6454 section 6.2: what a browser sends. Schemes of applications (capacitor://localhost) are origins, too.
bool is_origin(std::string_view text) {
  const std::size_t mark = text.find("://");
  if (mark == text.npos || mark == 0 || !is_lower(text.front())) return false;
  const std::string_view scheme = text.substr(0, mark);
  if (!std::ranges::all_of(scheme,
                           [](char c) { return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }))
    return false;
  std::string_view host = text.substr(mark + 3);
  const std::size_t from = host.starts_with('[') ? host.find(']') : 0;
  if (from == host.npos) return false;
  if (const std::size_t colon = host.find(':', from); colon != host.npos) {
    const std::string_view port = host.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.front() == '0' || !std::ranges::all_of(port, is_digit)) return false;
    if (port == default_port_of(scheme)) return false;
    host = host.substr(0, colon);
  }
  if (host.starts_with('['))
    return host.ends_with(']') && std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
             return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
           });
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_lower(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

std::optional<std::string> validate_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (name == "*") return "\"*\" among the header names does not stand for all of them; name each.";
    if (name.empty() || !std::ranges::all_of(name, http::is_token_character))
      return '"' + name + "\" is not a header name.";
  }
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

}  // namespace

std::optional<std::string> CorsPolicy::validate(const CorsOptions& options) {
  for (const std::string& origin : options.origins) {
    if (origin == "*") {
      if (options.origins.size() > 1) return "\"*\" allows every origin; remove the others.";
      if (options.credentials == CorsOptions::Credentials::yes)
        return "\"*\" with credentials would let every site act for the signed-in user; name the origins.";
    } else if (origin == "null") {
      return "any page can have the origin \"null\" (in a sandboxed frame); remove it.";
    } else if (!is_origin(origin)) {
      return '"' + origin +
             "\" is not an origin as browsers send it: a scheme, a host in lower case, a port if it is not the "
             "scheme's "
             "own, no path and no slash at the end, as in https://shop.example.";
    }
  }
  if (auto wrong = validate_names(options.headers_allowed)) return wrong;
  if (auto wrong = validate_names(options.headers_exposed)) return wrong;
  if (options.preflight_age_max < std::chrono::seconds::zero()) return "preflight_age_max is negative.";
  return std::nullopt;
}

CorsPolicy::CorsPolicy(const CorsOptions& options)
    : credentials_(options.credentials == CorsOptions::Credentials::yes) {
  const std::string exposed = joined(options.headers_exposed);
  const std::string headers = joined(options.headers_allowed);
  const std::string age = std::to_string(options.preflight_age_max.count());
  for (const std::string& origin : options.origins) {
    any_ = any_ || origin == "*";
    std::vector<http::Field> fields = {{"Access-Control-Allow-Origin", origin}};
    if (options.credentials == CorsOptions::Credentials::yes)
      fields.push_back({"Access-Control-Allow-Credentials", "true"});
    std::vector<http::Field> preflight = fields;
    if (!headers.empty()) preflight.push_back({"Access-Control-Allow-Headers", headers});
    preflight.push_back({"Access-Control-Max-Age", age});
    preflight.push_back(vary_preflight);
    if (!exposed.empty()) fields.push_back({"Access-Control-Expose-Headers", exposed});
    if (!any_) fields.push_back(vary_origin);
    allowed_.push_back({origin, http::HeaderBlock(fields), http::HeaderBlock(preflight)});
  }
  std::ranges::sort(allowed_, {}, &Allowed::origin);
}

const CorsPolicy::Allowed* CorsPolicy::find(std::string_view origin) const {
  if (any_) return allowed_.data();
  const auto at =
      std::ranges::lower_bound(allowed_, origin, {}, [](const Allowed& a) -> std::string_view { return a.origin; });
  return at != allowed_.end() && at->origin == origin ? &*at : nullptr;
}

bool CorsPolicy::allows_credentials_of(std::string_view origin) const {
  return credentials_ && enabled() && find(origin) != nullptr;
}

void CorsPolicy::add_to(std::string_view origin, http::ResponseHeaders& headers) const {
  if (!enabled()) return;
  const Allowed* allowed = origin.empty() ? nullptr : find(origin);
  if (allowed != nullptr) {
    headers.add(allowed->answer);
  } else if (!any_) {
    headers.add(vary_origin.name, vary_origin.value);
  }
}

CorsPolicy::Preflight CorsPolicy::add_preflight_to(std::string_view origin, std::string_view methods,
                                                   http::ResponseHeaders& headers) const {
  const Allowed* allowed = enabled() ? find(origin) : nullptr;
  if (allowed == nullptr) return Preflight::refused;
  headers.add(allowed->preflight);
  headers.add("Access-Control-Allow-Methods", methods);
  return Preflight::granted;
}

}  // namespace ashlar::web
