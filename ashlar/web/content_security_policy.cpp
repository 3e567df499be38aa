// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/content_security_policy.hpp"

#include "ashlar/core/ascii.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ashlar::web {

namespace {

enum class Takes : std::uint8_t { resources, scripts, styles, places };  // hosts: no keywords except 'self' and 'none'

struct Directive {
  std::string_view name;
  ContentSecurityPolicy::Sources ContentSecurityPolicy::* sources;
  Takes takes;
};

using Policy = ContentSecurityPolicy;
constexpr std::array<Directive, 19> directives = {{
    {"default-src", &Policy::default_src, Takes::scripts},
    {"base-uri", &Policy::base_uri, Takes::places},
    {"child-src", &Policy::child_src, Takes::scripts},
    {"connect-src", &Policy::connect_src, Takes::resources},
    {"font-src", &Policy::font_src, Takes::resources},
    {"form-action", &Policy::form_action, Takes::places},
    {"frame-ancestors", &Policy::frame_ancestors, Takes::places},
    {"frame-src", &Policy::frame_src, Takes::resources},
    {"img-src", &Policy::img_src, Takes::resources},
    {"manifest-src", &Policy::manifest_src, Takes::resources},
    {"media-src", &Policy::media_src, Takes::resources},
    {"object-src", &Policy::object_src, Takes::resources},
    {"script-src", &Policy::script_src, Takes::scripts},
    {"script-src-attr", &Policy::script_src_attr, Takes::scripts},
    {"script-src-elem", &Policy::script_src_elem, Takes::scripts},
    {"style-src", &Policy::style_src, Takes::styles},
    {"style-src-attr", &Policy::style_src_attr, Takes::styles},
    {"style-src-elem", &Policy::style_src_elem, Takes::styles},
    {"worker-src", &Policy::worker_src, Takes::scripts},
}};

constexpr std::array<std::string_view, 3> words_everywhere = {"self", "none", "report-sample"};
constexpr std::array<std::string_view, 2> words_of_styles = {"unsafe-inline", "unsafe-hashes"};
constexpr std::array<std::string_view, 3> words_of_scripts = {"unsafe-eval", "wasm-unsafe-eval", "strict-dynamic"};

// HTML, section 7.6.4.1: what an iframe's sandbox can allow.
constexpr std::array<std::string_view, 14> sandbox_flags = {"allow-downloads",
                                                            "allow-forms",
                                                            "allow-modals",
                                                            "allow-orientation-lock",
                                                            "allow-pointer-lock",
                                                            "allow-popups",
                                                            "allow-popups-to-escape-sandbox",
                                                            "allow-presentation",
                                                            "allow-same-origin",
                                                            "allow-scripts",
                                                            "allow-storage-access-by-user-activation",
                                                            "allow-top-navigation",
                                                            "allow-top-navigation-by-user-activation",
                                                            "allow-top-navigation-to-custom-protocols"};

bool is_one_of(std::string_view text, auto const& names) { return std::ranges::find(names, text) != names.end(); }
bool is_word(std::string_view text) {
  return is_one_of(text, words_everywhere) || is_one_of(text, words_of_styles) || is_one_of(text, words_of_scripts);
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_host(std::string_view text) {
  if (text == "*") return true;
  if (text.starts_with("*.")) text.remove_prefix(2);
  return !text.empty() && text.front() != '.' && !text.contains("..") &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; });
}

// Section 2.3.1: scheme-source or host-source. Without ";" and "," a value cannot end its directive or its header.
bool is_scheme_or_host(std::string_view text) {
  if (text.ends_with(':')) return is_scheme(text.substr(0, text.size() - 1));
  if (const std::size_t mark = text.find("://"); mark != text.npos) {
    if (!is_scheme(text.substr(0, mark))) return false;
    text.remove_prefix(mark + 3);
  }
  const std::size_t slash = text.find('/');
  if (slash != text.npos) {
    constexpr std::string_view marks = "-._~!$&'()*+=:@%/";
    if (!std::ranges::all_of(text.substr(slash),
                             [&](char c) { return is_letter(c) || is_digit(c) || marks.contains(c); }))
      return false;
    text = text.substr(0, slash);
  }
  if (const std::size_t colon = text.find(':'); colon != text.npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port != "*" && (port.empty() || port.size() > 5 || !std::ranges::all_of(port, is_digit))) return false;
    text = text.substr(0, colon);
  }
  return is_host(text);
}

// Section 2.3.1: hash-source, of the length that the algorithm has.
bool is_hash(std::string_view text) {
  struct Algorithm {
    std::string_view prefix;
    std::size_t base64_size;
    std::size_t padding;
  };
  constexpr std::array<Algorithm, 3> algorithms = {{{"sha256-", 44, 1}, {"sha384-", 64, 0}, {"sha512-", 88, 2}}};
  for (const Algorithm& algorithm : algorithms) {
    if (!text.starts_with(algorithm.prefix)) continue;
    const std::string_view value = text.substr(algorithm.prefix.size());
    if (value.size() != algorithm.base64_size) return false;
    const std::string_view digits = value.substr(0, value.size() - algorithm.padding);
    return std::ranges::all_of(value.substr(digits.size()), [](char c) { return c == '='; }) &&
           std::ranges::all_of(digits, [](char c) {
             return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '-' || c == '_';
           });
  }
  return false;
}

std::optional<std::string> validate_quoted(std::string_view inside, Takes takes) {
  if (inside.starts_with("nonce-"))
    return "a nonce must differ in each response: let the handler set the header with a new one";
  const bool hash = is_hash(inside);
  if (!hash && !is_word(inside)) return "it is neither a keyword nor a hash of this header";
  const bool scripts = takes == Takes::scripts;
  const bool styles = scripts || takes == Takes::styles;
  const bool fits = inside == "self" || inside == "none" || (takes != Takes::places && inside == "report-sample") ||
                    (styles && (hash || is_one_of(inside, words_of_styles))) ||
                    (scripts && is_one_of(inside, words_of_scripts));
  if (!fits) return "it has no effect in this directive";
  return std::nullopt;
}

std::optional<std::string> validate_source(std::string_view source, Takes takes) {
  if (source.size() > 2 && source.starts_with('\'') && source.ends_with('\''))
    return validate_quoted(source.substr(1, source.size() - 2), takes);
  if (is_word(source)) return "without quotes it is a host of that name; write '" + std::string(source) + "'";
  if (!is_scheme_or_host(source))
    return "expected a scheme (data:), a host (https://cdn.example, *.example.com), a hash or a keyword in quotes";
  return std::nullopt;
}

std::optional<std::string> validate_directive(const Directive& directive, const Policy::Sources& sources) {
  for (const std::string& source : sources) {
    const auto wrong = source == csp::none && sources.size() > 1
                           ? std::optional<std::string>("'none' excludes all other sources")
                           : validate_source(source, directive.takes);
    if (wrong) return std::string(directive.name) + ": \"" + source + "\": " + *wrong + '.';
  }
  return std::nullopt;
}

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
}

bool is_trusted_types_expression(std::string_view text) {
  return text == "*" || text == "'none'" || text == "'allow-duplicates'" ||
         (!text.empty() && std::ranges::all_of(text, [](char c) {
           return is_letter(c) || is_digit(c) || std::string_view("-#=_/@.%").contains(c);
         }));
}

void append(std::string_view name, const std::vector<std::string>& values, std::string& out) {
  if (!out.empty()) out += "; ";
  out += name;
  for (const std::string& value : values) out.append(" ").append(value);
}

}  // namespace

ContentSecurityPolicy ContentSecurityPolicy::nothing() {
  ContentSecurityPolicy out;
  for (const Directive& directive : directives) (out.*directive.sources).clear();
  out.default_src = out.base_uri = out.form_action = out.frame_ancestors = {csp::none};
  return out;
}

std::optional<std::string> ContentSecurityPolicy::validate() const {
  for (const Directive& directive : directives) {
    if (auto wrong = validate_directive(directive, this->*directive.sources)) return wrong;
  }
  for (const std::string& flag : sandbox.value_or(std::vector<std::string>{})) {
    if (!is_one_of(flag, sandbox_flags)) return "sandbox: \"" + flag + "\": expected a flag such as allow-scripts.";
  }
  for (const std::string& name : trusted_types) {
    if (!is_trusted_types_expression(name)) return "trusted-types: \"" + name + "\": expected the name of a policy.";
  }
  if (!report_to.empty() && !is_token(report_to))
    return "report-to: \"" + report_to + "\": expected the name of an endpoint, of letters, digits, - and _.";
  if (text().empty()) return "it has no directive; leave it out with std::nullopt.";
  return std::nullopt;
}

std::string ContentSecurityPolicy::header_name() const {
  return mode == Mode::enforced ? "Content-Security-Policy" : "Content-Security-Policy-Report-Only";
}

std::string ContentSecurityPolicy::text() const {
  std::string out;
  for (const Directive& directive : directives) {
    const Sources& sources = this->*directive.sources;
    if (!sources.empty()) append(directive.name, sources, out);
  }
  if (sandbox) append("sandbox", *sandbox, out);
  if (!trusted_types.empty()) append("trusted-types", trusted_types, out);
  if (trusted_types_use == TrustedTypes::required_for_scripts) append("require-trusted-types-for", {"'script'"}, out);
  if (insecure_requests == InsecureRequests::upgraded) append("upgrade-insecure-requests", {}, out);
  if (!report_to.empty()) append("report-to", {report_to}, out);
  return out;
}

}  // namespace ashlar::web
