// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/router.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace ashlar::web {

namespace {

constexpr std::size_t methods = static_cast<std::size_t>(http::Method::other) + 1;
constexpr std::size_t index_of(http::Method method) { return static_cast<std::size_t>(method); }

std::string line_of(http::Method method, std::string_view pattern) {
  return std::string(http::to_string(method)) + ' ' + std::string(pattern);
}

// RFC 3986 section 3.3: the characters of a segment that need no escape.
bool is_path_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~!$&'()*+,;=:@").contains(c);
}

constexpr std::string_view tail_mark = "...";

bool is_tail(std::string_view segment) { return segment.starts_with('{') && segment.ends_with("...}"); }

std::optional<std::string> check_segment(std::string_view segment, std::vector<std::string_view>& names) {
  if (segment.empty()) return "has an empty segment; a path begins with one slash, ends without, and has none doubled";
  if (segment.front() == '{' && segment.back() == '}') {
    std::string_view name = segment.substr(1, segment.size() - 2);
    if (is_tail(segment)) name.remove_suffix(tail_mark.size());
    if (name.empty() || name.find_first_of("{}") != name.npos) return "has a parameter without a proper name";
    if (std::ranges::find(names, name) != names.end()) return "has the parameter {" + std::string(name) + "} twice";
    names.push_back(name);
    if (names.size() > Router::parameters_max) return "has more than 8 parameters";
    return std::nullopt;
  }
  if (!std::ranges::all_of(segment, is_path_character))
    return "has a segment \"" + std::string(segment) + "\"; a parameter takes a whole segment, as in /users/{id}";
  return std::nullopt;
}

std::optional<std::string> check_pattern(std::string_view pattern) {
  if (pattern.empty() || pattern.front() != '/') return "does not begin with a slash";
  if (pattern == "/") return std::nullopt;
  std::vector<std::string_view> names;
  for (std::size_t at = 0; at != pattern.npos;) {
    const std::size_t end = pattern.find('/', at + 1);
    const std::string_view segment = pattern.substr(at + 1, end == pattern.npos ? end : end - at - 1);
    if (auto wrong = check_segment(segment, names)) return wrong;
    if (is_tail(segment) && end != pattern.npos) return "continues after a parameter that matches the rest";
    at = end;
  }
  return std::nullopt;
}

}  // namespace

// The lines of one pattern.
struct Router::Endpoint {
  std::array<std::size_t, methods> routes;
  std::array<std::string, methods> patterns;  // parameters may have different names in each
  std::string allow;

  Endpoint() { routes.fill(none); }

  void list_allowed() {
    allow.clear();
    for (std::size_t i = 0; i < methods; ++i) {
      const auto method = static_cast<http::Method>(i);
      const bool automatic = (method == http::Method::head && routes[index_of(http::Method::get)] != none) ||
                             method == http::Method::options;
      if (routes[i] == none && !automatic) continue;
      if (!allow.empty()) allow += ", ";
      allow += http::to_string(method);
    }
  }
};

struct Router::Node {
  std::string text;                             // what leads here from the parent; empty for a parameter
  std::vector<std::unique_ptr<Node>> children;  // their texts begin with different characters
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Endpoint> endpoint;
  std::unique_ptr<Endpoint> tail;  // matches the rest
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

// The node for `text` below a node, splitting an edge where texts differ.
Router::Node& Router::insert_text(Node& from, std::string_view text) {
  Node* node = &from;
  while (!text.empty()) {
    const auto at =
        std::ranges::find_if(node->children, [&](const auto& child) { return child->text.front() == text.front(); });
    if (at == node->children.end()) {
      auto& added = node->children.emplace_back(std::make_unique<Node>());
      added->text = text;
      return *added;
    }
    Node& child = **at;
    const auto [end, _] = std::ranges::mismatch(child.text, text);
    const auto shared = static_cast<std::size_t>(end - child.text.begin());
    if (shared < child.text.size()) {
      auto upper = std::make_unique<Node>();
      upper->text = child.text.substr(0, shared);
      child.text.erase(0, shared);
      upper->children.push_back(std::move(*at));
      *at = std::move(upper);
    }
    node = at->get();
    text.remove_prefix(shared);
  }
  return *node;
}

std::optional<std::string> Router::add(http::Method method, std::string_view pattern, std::size_t route) {
  if (auto wrong = check_pattern(pattern)) return line_of(method, pattern) + ": the path " + *wrong + '.';
  Node* node = root_.get();
  bool tail = false;
  for (std::string_view rest = pattern; !rest.empty() && !tail;) {
    if (is_tail(rest)) {
      tail = true;
    } else if (rest.front() == '{') {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
      rest.remove_prefix(rest.find('}') + 1);
    } else {
      const std::size_t end = std::min(rest.find('{'), rest.size());
      node = &insert_text(*node, rest.substr(0, end));
      rest.remove_prefix(end);
    }
  }
  auto& place = tail ? node->tail : node->endpoint;
  if (!place) place = std::make_unique<Endpoint>();
  Endpoint& endpoint = *place;
  const std::size_t at = index_of(method);
  if (endpoint.routes[at] != none) {
    const std::string other = line_of(method, endpoint.patterns[at]);
    return other == line_of(method, pattern)
               ? other + " is declared twice; remove one of the two."
               : line_of(method, pattern) + " matches the same paths as " + other + "; remove one of the two.";
  }
  endpoint.routes[at] = route;
  endpoint.patterns[at] = pattern;
  endpoint.list_allowed();
  return std::nullopt;
}

const Router::Endpoint* Router::find(const Node& node, std::string_view rest, Match& match) {
  if (rest.empty() && node.endpoint) return node.endpoint.get();
  for (const auto& child : node.children) {
    if (rest.empty() || child->text.front() != rest.front()) continue;
    if (rest.starts_with(child->text)) {
      if (const auto* found = find(*child, rest.substr(child->text.size()), match)) return found;
    }
    break;
  }
  const std::size_t count = match.parameter_count;
  if (node.parameter && !rest.empty() && rest.front() != '/') {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    match.parameters[match.parameter_count++] = segment;
    if (const auto* found = find(*node.parameter, rest.substr(segment.size()), match)) return found;
    match.parameter_count = count;
  }
  if (node.tail) match.parameters[match.parameter_count++] = rest;
  return node.tail.get();
}

Router::Match Router::match(http::Method method, std::string_view path) const {
  Match match;
  const Endpoint* endpoint = find(*root_, path, match);
  if (endpoint == nullptr) return match;
  match.allow = endpoint->allow;
  match.route = endpoint->routes[index_of(method)];
  if (match.route == none && method == http::Method::head) match.route = endpoint->routes[index_of(http::Method::get)];
  return match;
}

}  // namespace ashlar::web
