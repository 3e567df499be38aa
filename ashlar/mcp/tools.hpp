// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::mcp {

// An operation whose route line says .tool(), as agents see it.
struct Tool {
  std::string name;     // the operation's
  std::string summary;  // its summary
  std::string json;     // name, description, inputSchema (JSON Schema 2020-12), annotations
};

// The tools of an Api, in the order of their names. Immutable.
class Tools {
 public:
  // Throws std::logic_error for a tool that streams, that only one transport serves, or that has a name of ours
  // (searchOperations, describeOperation, callOperation).
  explicit Tools(const api::Api& api);

  [[nodiscard]] const std::vector<Tool>& all() const { return tools_; }
  [[nodiscard]] const Tool* find(std::string_view name) const;  // null: there is none
  // Those with every word of the query in name or summary, ignoring case; at most `at_most`.
  [[nodiscard]] std::vector<const Tool*> search(std::string_view query, std::size_t at_most) const;

 private:
  std::vector<Tool> tools_;
};

// Three tools that stand for all when there are too many for a model's context.
[[nodiscard]] const std::vector<Tool>& catalogue_tools();
inline constexpr std::string_view search_operations = "searchOperations";    // {query}
inline constexpr std::string_view describe_operation = "describeOperation";  // {name}
inline constexpr std::string_view call_operation = "callOperation";          // {name, arguments}

}  // namespace ashlar::mcp
