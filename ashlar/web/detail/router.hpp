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
// A pattern is static text and parameters, `{name}`, each a whole segment that is not empty. Static text goes before a
// parameter, and the search comes back when it led nowhere: with /a/{x}/c and /a/b/d, the path /a/b/c is the first.
// A last segment `{name...}` takes all that is left, slashes and nothing at all included; everything else goes before
// it. Paths are compared byte by byte as they were sent: an escaped letter, an empty segment, a trailing slash or a dot
// segment makes another path. Parameter values are given as they were sent, too; see percent_decode.
// Built once, then read from any thread; a match allocates nothing and visits each node of the tree at most once.
namespace ashlar::web {

class Router {
 public:
  static constexpr std::size_t parameters_max = 8;  // in one pattern
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  struct Match {
    std::size_t route = none;  // as handed to add(); none when nothing matches the method
    std::string_view allow;    // "GET, HEAD, OPTIONS"; empty when nothing matches the path
    std::array<std::string_view, parameters_max> parameters;  // in the pattern's order
    std::size_t parameter_count = 0;
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // What is wrong with the line, in a sentence that names it and the one that it collides with; nullopt when it was
  // added.
  [[nodiscard]] std::optional<std::string> add(http::Method method, std::string_view pattern, std::size_t route);

  // HEAD finds the GET route unless it has one of its own. Where a path has static text, the lines with that text
  // decide: with GET /users/me and DELETE /users/{id}, DELETE /users/me is not allowed.
  [[nodiscard]] Match match(http::Method method, std::string_view path) const;

 private:
  struct Endpoint;
  struct Node;
  static Node& insert_text(Node& from, std::string_view text);
  static const Endpoint* find(const Node& node, std::string_view rest, Match& match);

  std::unique_ptr<Node> root_;
};

}  // namespace ashlar::web
