// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"
#include "ashlar/sql/detail/fetch.hpp"

#include <optional>
#include <span>
#include <vector>

// Inserts, updates and deletes:
//
//   co_await insert(user).run(db);
//   co_await insert_many(users).run(db);                       // all or none
//   co_await update<User>()
//       .set(col<&User::updated_at> = now)
//       .set_if(col<&User::name>, in.name)                     // absent: left alone
//       .set_if(col<&User::age>, in.age)                       // std::optional<Nullable<...>>: null clears it
//       .where(col<&User::id> == id)
//       .returning_one(db);                                    // Result<std::optional<User>>, as it is now
//   co_await update<Product>().set(col<&Product::stock> += -3).where(...).run(db);
//   co_await erase<Post>().where(col<&Post::author_id> == id).run(db);   // Outcome::rows_affected
//
// An update or erase without a where() does not compile; .all_rows() says that it is meant. A where() that turns out to
// be always true throws std::logic_error.
namespace ashlar::sql {

namespace detail {
enum class Filter : unsigned char { missing, given };

struct ModifyParts {
  std::string_view table;
  ConditionTree condition{};
  std::vector<AssignmentTerm> assignments{};
  bool all_rows = false;

  [[nodiscard]] Statement update(Dialect dialect, std::string_view returning) const;
  [[nodiscard]] Statement erase(Dialect dialect, std::string_view returning) const;
  // The rows that an update would change, when it sets nothing.
  [[nodiscard]] Statement unchanged(Dialect dialect, std::string_view columns) const;
};

std::string insert_text(std::string_view table, std::string_view columns, std::size_t width, std::size_t rows);
std::vector<Statement> insert_statements(const schema::Type& type, std::string_view table, std::string_view columns,
                                         std::span<const void* const> rows);
Task<Result<Outcome>> insert_all(Executor& executor, std::vector<Statement> statements);
Task<Result<Outcome>> no_change();
}  // namespace detail

// Rows on their way into a table.
class Insert {
 public:
  explicit Insert(std::vector<Statement> statements) : statements_(std::move(statements)) {}
  [[nodiscard]] Task<Result<Outcome>> run(Executor& executor) const {
    return statements_.empty() ? detail::no_change() : detail::insert_all(executor, statements_);
  }
  [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }

 private:
  std::vector<Statement> statements_;
};

template <Table T>
[[nodiscard]] Insert insert(const T& row) {
  static const std::string text =
      detail::insert_text(table_name<T>, detail::columns_of<T>(), schema::type_of<T>().members.size(), 1);
  Statement statement{.sql = text, .mode = Mode::write};
  detail::append_values(schema::type_of<T>(), &row, statement.parameters);
  std::vector<Statement> statements;
  statements.push_back(std::move(statement));
  return Insert(std::move(statements));
}

template <Table T>
[[nodiscard]] Insert insert_many(const std::vector<T>& rows) {
  std::vector<const void*> places;
  for (const auto& row : rows) places.push_back(&row);
  return Insert(detail::insert_statements(schema::type_of<T>(), table_name<T>, detail::columns_of<T>(), places));
}

// What update and erase share: conditions, and the rows as they come back.
template <Table T, detail::Filter F, template <class, detail::Filter> class Self>
class Filtered {
 public:
  static constexpr bool filtered = F == detail::Filter::given;

  [[nodiscard]] Self<T, detail::Filter::given> where(Condition<T> condition) && {
    parts_.condition = ConditionTree::both(std::move(parts_.condition), condition.tree());
    return Self<T, detail::Filter::given>(std::move(parts_));
  }
  [[nodiscard]] Self<T, detail::Filter::given> all_rows() && {
    parts_.all_rows = true;
    return Self<T, detail::Filter::given>(std::move(parts_));
  }

 protected:
  explicit Filtered(detail::ModifyParts parts) : parts_(std::move(parts)) {}
  static constexpr void require_filter() {
    static_assert(F == detail::Filter::given, "say which rows: .where(...), or .all_rows() when all are meant");
  }
  detail::ModifyParts parts_;
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

  [[nodiscard]] Task<Result<Outcome>> run(Executor& executor) const {
    this->require_filter();
    if (this->parts_.assignments.empty()) return detail::no_change();
    return executor.execute(this->parts_.update(executor.dialect(), {}));
  }
  // The first of the rows, or all of them, as they are after it.
  [[nodiscard]] Task<Result<std::optional<T>>> returning_one(Executor& executor) const {
    return detail::first_row<T>(executor, statement(executor.dialect()));
  }
  [[nodiscard]] Task<Result<std::vector<T>>> returning_all(Executor& executor) const {
    return detail::all_rows<T>(executor, statement(executor.dialect()));
  }
  // What returning_all() sends, for tests and logs.
  [[nodiscard]] Statement statement(Dialect dialect) const {
    this->require_filter();
    return this->parts_.assignments.empty() ? this->parts_.unchanged(dialect, detail::columns_of<T>())
                                            : this->parts_.update(dialect, detail::columns_of<T>());
  }
};

template <class T, detail::Filter F>
class Erase : public Filtered<T, F, Erase> {
 public:
  explicit Erase(detail::ModifyParts parts) : Filtered<T, F, Erase>(std::move(parts)) {}

  [[nodiscard]] Task<Result<Outcome>> run(Executor& executor) const {
    this->require_filter();
    return executor.execute(this->parts_.erase(executor.dialect(), {}));
  }
  [[nodiscard]] Task<Result<std::optional<T>>> returning_one(Executor& executor) const {
    return detail::first_row<T>(executor, statement(executor.dialect()));
  }
  [[nodiscard]] Task<Result<std::vector<T>>> returning_all(Executor& executor) const {
    return detail::all_rows<T>(executor, statement(executor.dialect()));
  }
  [[nodiscard]] Statement statement(Dialect dialect) const {
    this->require_filter();
    return this->parts_.erase(dialect, detail::columns_of<T>());
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
