// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/modify.hpp"

#include "ashlar/sql/detail/query_text.hpp"
#include "ashlar/sql/detail/select_parts.hpp"

#include <stdexcept>

namespace ashlar::sql::detail {
namespace {

void write_where(QueryText& text, const ModifyParts& parts) {
  if (!parts.all_rows && parts.condition.is_always_true()) {
    throw std::logic_error("a change of all rows needs all_rows()");
  }
  if (!parts.version) {
    text.where(parts.condition);
  } else {
    text.where(ConditionTree::both(parts.condition, *parts.version));
  }
}

}  // namespace

Statement ModifyParts::update(Dialect dialect, std::string_view returning) const {
  QueryText text(dialect);
  text << "update ";
  text.name(table).assignments(assignments);
  write_where(text, *this);
  if (!returning.empty()) text << " returning " << returning;
  return text.take(Mode::write);
}

Statement ModifyParts::erase(Dialect dialect, std::string_view returning) const {
  QueryText text(dialect);
  text << "delete from ";
  text.name(table);
  write_where(text, *this);
  if (!returning.empty()) text << " returning " << returning;
  return text.take(Mode::write);
}

Statement ModifyParts::unchanged(Dialect dialect, std::string_view columns) const {
  return SelectParts{.table = table, .condition = condition}.rows(dialect, columns);
}

Statement ModifyParts::exists(Dialect dialect) const {
  return SelectParts{.table = table, .condition = condition}.exists(dialect);
}

Task<Result<Outcome>> no_change() { co_return Outcome{}; }

Task<Result<Outcome>> run_at_version(Executor& executor, Statement change, Statement exists) {
  auto changed = co_await executor.execute(std::move(change));
  if (!changed || changed->rows_affected > 0) co_return changed;
  auto found = co_await one_bool(executor, std::move(exists));
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (*found) co_return fail(errors::stale_version, "This was changed in the meantime.");
  co_return Outcome{};
}

}  // namespace ashlar::sql::detail
