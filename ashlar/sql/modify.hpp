// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"
#include "ashlar/sql/detail/fetch.hpp"

#include <concepts>
#include <optional>
#include <vector>

// Updates and deletes:
//
//   co_await update<User>()
//       .set(col<&User::updated_at> = now)
//       .set_if(col<&User::name>, in.name)                     // absent: unchanged
//       .set_if(col<&User::age>, in.age)                       // std::optional<Nullable<...>>: null clears it
//       .where(col<&User::id> == id)
//       .returning_one(db);                                    // Result<std::optional<User>>, the updated row
//   co_await update<Product>().set(col<&Product::stock> += -3).where(...).run(db);
//   co_await erase<Post>().where(col<&Post::author_id> == id).run(db);   // Outcome::rows_affected
//
// An update or erase without a where() does not compile; .all_rows() states that it is intended. A where() that is
// always true at run time throws std::logic_error.
//
// Optimistic locking, with a version column:
//   co_await update<Page>().set(...).where(col<&Page::id> == id).at_version(col<&Page::version>, in.version)
//       .returning_one(db);     // increments it; database.stale_version (409) on a conflict
namespace ashlar::sql {

namespace errors {
inline constexpr ErrorCode stale_version{ErrorKind::conflict, "database.stale_version"};
}  // namespace errors

namespace detail {
enum class Filter : unsigned char { missing, given };

struct ModifyParts {
  std::string_view table;
  ConditionTree condition{};
  std::vector<AssignmentTerm> assignments{};
  bool all_rows = false;
  std::optional<ConditionTree> version{};  // at_version()

  [[nodiscard]] Statement update(Dialect dialect, std::string_view returning) const;
  [[nodiscard]] Statement erase(Dialect dialect, std::string_view returning) const;
  // The rows that an update would change, when it assigns nothing.
  [[nodiscard]] Statement unchanged(Dialect dialect, std::string_view columns) const;
  // Whether the row exists, whatever its version.
  [[nodiscard]] Statement exists(Dialect dialect) const;
};

Task<Result<Outcome>> no_change();
// database.stale_version when nothing was changed and the row exists.
Task<Result<Outcome>> run_at_version(Executor& executor, Statement change, Statement exists);

template <class T>
Task<Result<std::vector<T>>> rows_at_version(Executor& executor, Statement change, Statement exists) {
  std::vector<T> rows;
  change.on_row = [&rows](const Row& row) { read_by_position(row, schema::type_of<T>(), &rows.emplace_back()); };
  auto done = co_await run_at_version(executor, std::move(change), std::move(exists));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return rows;
}
template <class T>
Task<Result<std::optional<T>>> row_at_version(Executor& executor, Statement change, Statement exists) {
  auto rows = co_await rows_at_version<T>(executor, std::move(change), std::move(exists));
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  std::optional<T> first;
  if (!rows->empty()) first = std::move(rows->front());
  co_return first;
}
}  // namespace detail

template <class T, detail::Filter F>
class Update;
template <class T, detail::Filter F>
class Erase;

// The common part of update and erase: conditions and returned rows.
template <Table T, detail::Filter F, template <class, detail::Filter> class Self>
class Filtered {
 public:
  static constexpr bool filtered = F == detail::Filter::given;

  [[nodiscard]] Self<T, detail::Filter::given> where(Condition<T> condition) && {
    parts_.condition = ConditionTree::both(std::move(parts_.condition), std::move(condition).tree());
    return Self<T, detail::Filter::given>(std::move(parts_));
  }
  [[nodiscard]] Self<T, detail::Filter::given> all_rows() && {
    parts_.all_rows = true;
    return Self<T, detail::Filter::given>(std::move(parts_));
  }
  // Only the version that was read: for one row, found by its key. An update increments the version.
  template <auto Member, class V>
  [[nodiscard]] Self<T, F> at_version(const Column<Member>& column, const V& expected) && {
    static_assert(std::same_as<T, detail::StructOf<Member>>, "the column belongs to another table");
    static_assert(detail::Integer<detail::ValueOf<Member>>, "a version is an integer, and never NULL");
    parts_.version = (column == expected).tree();
    if constexpr (std::same_as<Self<T, F>, Update<T, F>>) parts_.assignments.push_back(column += 1);
    return Self<T, F>(std::move(parts_));
  }

  [[nodiscard]] Task<Result<Outcome>> run(Executor& executor) const {
    const auto dialect = executor.dialect();
    if (self().changes_nothing()) return detail::no_change();
    if (parts_.version) return detail::run_at_version(executor, self().text(dialect, {}), parts_.exists(dialect));
    return executor.execute(self().text(dialect, {}));
  }
  // The first of the rows, or all of them: after an update the new rows, after an erase the removed ones. `Out` may be
  // a smaller struct.
  template <schema::DescribedStruct Out = T>
  [[nodiscard]] Task<Result<std::optional<Out>>> returning_one(Executor& executor) const {
    const auto dialect = executor.dialect();
    if (parts_.version) return detail::row_at_version<Out>(executor, statement<Out>(dialect), parts_.exists(dialect));
    return detail::first_row<Out>(executor, statement<Out>(dialect));
  }
  template <schema::DescribedStruct Out = T>
  [[nodiscard]] Task<Result<std::vector<Out>>> returning_all(Executor& executor) const {
    const auto dialect = executor.dialect();
    if (parts_.version) return detail::rows_at_version<Out>(executor, statement<Out>(dialect), parts_.exists(dialect));
    return detail::all_rows<Out>(executor, statement<Out>(dialect));
  }
  // The statement of returning_all(), for tests and logs.
  template <schema::DescribedStruct Out = T>
  [[nodiscard]] Statement statement(Dialect dialect) const {
    static_assert(detail::is_part_of<T, Out>(), "a member is not a column of the table, or has another type");
    if (self().changes_nothing()) return parts_.unchanged(dialect, detail::columns_of<Out>());
    return self().text(dialect, detail::columns_of<Out>());
  }

 protected:
  explicit Filtered(detail::ModifyParts parts) : parts_(std::move(parts)) {}
  detail::ModifyParts parts_;

 private:
  [[nodiscard]] const Self<T, F>& self() const {
    static_assert(F == detail::Filter::given, "select the rows: .where(...), or .all_rows() for all");
    return static_cast<const Self<T, F>&>(*this);
  }
};

template <class T, detail::Filter F>
class Update : public Filtered<T, F, Update> {
 public:
  explicit Update(detail::ModifyParts parts) : Filtered<T, F, Update>(std::move(parts)) {}

  template <std::same_as<Assignment<T>>... A>
  [[nodiscard]] Update set(A... assignments) && {
    (this->parts_.assignments.push_back(std::move(assignments)), ...);
    return std::move(*this);
  }
  // Only when there is a value.
  template <auto Member, class V>
  [[nodiscard]] Update set_if(const Column<Member>& column, const std::optional<V>& value) && {
    static_assert(std::same_as<T, typename Column<Member>::Struct>, "the column belongs to another table");
    if (value) this->parts_.assignments.push_back(column = *value);
    return std::move(*this);
  }

 private:
  friend Filtered<T, F, Update>;
  [[nodiscard]] bool changes_nothing() const { return this->parts_.assignments.empty(); }
  [[nodiscard]] Statement text(Dialect dialect, std::string_view returning) const {
    return this->parts_.update(dialect, returning);
  }
};

template <class T, detail::Filter F>
class Erase : public Filtered<T, F, Erase> {
 public:
  explicit Erase(detail::ModifyParts parts) : Filtered<T, F, Erase>(std::move(parts)) {}

 private:
  friend Filtered<T, F, Erase>;
  [[nodiscard]] bool changes_nothing() const { return false; }
  [[nodiscard]] Statement text(Dialect dialect, std::string_view returning) const {
    return this->parts_.erase(dialect, returning);
  }
};

template <Table T>
[[nodiscard]] Update<T, detail::Filter::missing> update() {
  return Update<T, detail::Filter::missing>({.table = table_name<T>});
}
template <Table T>
[[nodiscard]] Erase<T, detail::Filter::missing> erase() {
  return Erase<T, detail::Filter::missing>({.table = table_name<T>});
}

}  // namespace ashlar::sql
