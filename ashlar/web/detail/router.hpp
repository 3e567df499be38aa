// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Finds the route for a method and a path: a radix tree over the patterns' text.
//
// A pattern consists of static text and parameters, `{name}`, each a whole non-empty segment. Static text takes
// precedence over a parameter, with backtracking: with /a/{x}/c and /a/b/d, the path /a/b/c matches the first.
// A last segment `{name...}` matches the rest, including slashes and an empty rest; every other pattern takes
// precedence over it. Paths are compared byte by byte as sent: an escaped letter, an empty segment, a trailing slash or
// a dot segment makes a different path. Parameter values are not decoded; see percent_decode. Built once, then read
// from any thread; a match allocates nothing and visits each node of the tree at most once.
namespace ashlar::web {

class Router {
 public:
  static constexpr std::size_t parameters_max = 8;  // in one pattern
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  struct Match {
    std::size_t route = none;                                 // as passed to add(); none when no route has the method
    std::string_view allow;                                   // "GET, HEAD, OPTIONS"; empty when no route has the path
    std::array<std::string_view, parameters_max> parameters;  // in the pattern's order
    std::size_t parameter_count = 0;
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Adds a line. Returns why it is invalid, in a sentence that names it and the line that it collides with; nullopt
  // when it was added.
  [[nodiscard]] std::optional<std::string> add(http::Method method, std::string_view pattern, std::size_t route);

  // HEAD matches the GET route unless it has its own. If a line has static text for a segment, lines with that text
  // take precedence: with GET /users/me and DELETE /users/{id}, DELETE /users/me is not allowed.
  [[nodiscard]] Match match(http::Method method, std::string_view path) const;

 private:
  struct Endpoint;
  struct Node;
  static Node& insert_text(Node& from, std::string_view text);
  static const Endpoint* find(const Node& node, std::string_view rest, Match& match);

  std::unique_ptr<Node> root_;
};

}  // namespace ashlar::web
