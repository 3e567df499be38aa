// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/postgres/detail/statement_text.hpp"
#include "ashlar/sql/value.hpp"

#include <libpq-fe.h>

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ashlar::sql::postgres::detail {

// A statement that a connection has prepared. Its name is never reused on that connection.
struct Prepared {
  std::string name;
  std::string sql;
  std::vector<Oid> types;  // as declared; `inferred` for text, and where only NULL was passed
  Effect effect = Effect::writes;
  bool quick = false;  // at its last run
};

// The prepared statements of one connection; the least recently used are removed first. A text has an entry for each
// set of parameter types. NULL matches every type, and a new entry inherits the known types of an older one, so
// optional parameters lead to a few entries, not to one per combination.
class StatementCache {
 public:
  explicit StatementCache(std::size_t statements_max) : max_(statements_max) {}

  // Null when there is none.
  std::shared_ptr<Prepared> find(std::string_view sql, const std::vector<Value>& values);
  std::shared_ptr<Prepared> add(std::string_view sql, const std::vector<Value>& values, Effect effect);
  // The name of the one to remove before another is added, when the cache is full.
  std::optional<std::string> evict();
  void remove(std::string_view name);
  void clear();
  [[nodiscard]] std::size_t size() const { return statements_.size(); }

 private:
  using Place = std::list<std::shared_ptr<Prepared>>::iterator;
  void erase(Place place);

  std::size_t max_;
  std::uint64_t last_number_ = 0;
  std::list<std::shared_ptr<Prepared>> statements_;           // the most recently used first
  std::unordered_multimap<std::string_view, Place> by_text_;  // keys are views into statements_
};

}  // namespace ashlar::sql::postgres::detail
