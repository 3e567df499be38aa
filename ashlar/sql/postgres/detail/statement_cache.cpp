// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/statement_cache.hpp"

#include "ashlar/sql/postgres/detail/parameters.hpp"
#include "ashlar/sql/postgres/detail/types.hpp"

#include <algorithm>

namespace ashlar::sql::postgres::detail {
namespace {

bool fits(const std::vector<Oid>& types, const std::vector<Value>& values) {
  if (types.size() != values.size()) return false;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (!std::holds_alternative<Null>(values[i]) && types[i] != declared_type(values[i])) return false;
  }
  return true;
}

}  // namespace

std::shared_ptr<Prepared> StatementCache::find(std::string_view sql, const std::vector<Value>& values) {
  const auto [first, last] = by_text_.equal_range(sql);
  for (auto at = first; at != last; ++at) {
    if (!fits((*at->second)->types, values)) continue;
    statements_.splice(statements_.begin(), statements_, at->second);
    return *at->second;
  }
  return nullptr;
}

std::shared_ptr<Prepared> StatementCache::add(std::string_view sql, const std::vector<Value>& values, Effect effect) {
  auto prepared = std::make_shared<Prepared>(
      Prepared{.name = "a" + std::to_string(++last_number_), .sql = std::string(sql), .types = {}, .effect = effect});
  prepared->types.reserve(values.size());
  for (const Value& value : values) prepared->types.push_back(declared_type(value));
  const auto [first, last] = by_text_.equal_range(sql);
  for (auto older = first; older != last; ++older) {
    const auto& types = (*older->second)->types;
    for (std::size_t i = 0; i < values.size() && types.size() == values.size(); ++i) {
      if (std::holds_alternative<Null>(values[i]) && types[i] != oid::inferred) prepared->types[i] = types[i];
    }
  }
  statements_.push_front(prepared);
  by_text_.emplace(prepared->sql, statements_.begin());
  return prepared;
}

std::optional<std::string> StatementCache::evict() {
  if (statements_.size() < max_ || statements_.empty()) return std::nullopt;
  std::string name = statements_.back()->name;
  erase(std::prev(statements_.end()));
  return name;
}

void StatementCache::remove(std::string_view name) {
  const auto place = std::ranges::find(statements_, name, [](const auto& prepared) { return prepared->name; });
  if (place != statements_.end()) erase(place);
}

void StatementCache::clear() {
  by_text_.clear();
  statements_.clear();
}

void StatementCache::erase(Place place) {
  const auto [first, last] = by_text_.equal_range((*place)->sql);
  for (auto at = first; at != last; ++at) {
    if (at->second != place) continue;
    by_text_.erase(at);
    break;
  }
  statements_.erase(place);
}

}  // namespace ashlar::sql::postgres::detail
