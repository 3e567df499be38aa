// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/graphql/detail/field_collector.hpp"
#include "ashlar/graphql/detail/json_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::graphql::detail {

// The errors of a response, as JSON, and where in the response it is being written.
class ResponseErrors {
 public:
  void enter(std::string_view key);
  void enter(std::size_t index) { path_.push_back(std::to_string(index)); }
  void leave() { path_.pop_back(); }
  void add(const Error& error, const std::vector<const Selection*>& fields);
  [[nodiscard]] const std::vector<std::string>& all() const { return errors_; }

 private:
  std::vector<std::string> path_;  // JSON
  std::vector<std::string> errors_;
};

// Appends a member's name with the comma before it.
void append_key(std::string_view name, std::string& out);
// Of an error, as the types with the interface Error have it: {"code", "message", "faults", "retryAfterSeconds"}.
[[nodiscard]] std::string error_json(const Error& error);
// Of a request that is not executed.
[[nodiscard]] std::string error_json(const RequestError& error);

// CompleteValue() of section 6.4.3: what is selected from a reply's JSON.
class Completion {
 public:
  Completion(FieldCollector& collector, const TypeSystem& types, ResponseErrors& errors)
      : collector_(collector), types_(types), errors_(errors) {}

  // Appends the value, or null after an error. Broken: it must not be null, so what contains it is null.
  enum class State : std::uint8_t { complete, broken };
  State value(const TypeRef& type, const std::vector<const Selection*>& fields, JsonTree::Node json, std::string& out);
  // The same of an object whose type is known.
  State object(const NamedType& type, const std::vector<const Selection*>& fields, JsonTree::Node json,
               std::string& out);

 private:
  State list(const TypeRef& type, const std::vector<const Selection*>& fields, JsonTree::Node json, std::string& out);
  State present(const TypeRef& type, const std::vector<const Selection*>& fields, JsonTree::Node json,
                std::string& out);

  FieldCollector& collector_;
  const TypeSystem& types_;
  ResponseErrors& errors_;
};

}  // namespace ashlar::graphql::detail
