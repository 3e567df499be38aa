// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/include_loader.hpp"

#include "ashlar/sql/table.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

namespace ashlar::sql::detail {
namespace {

constexpr std::size_t keys_max = 4'096;  // in one query

struct KeyOfRow {
  const Value* key;
  std::size_t row;
};
bool before(const KeyOfRow& a, const KeyOfRow& b) { return *a.key < *b.key; }

// The keys in order, without NULL, which matches nothing.
std::vector<KeyOfRow> sorted(const std::vector<Value>& keys) {
  std::vector<KeyOfRow> out;
  out.reserve(keys.size());
  for (std::size_t row = 0; row < keys.size(); ++row) {
    if (!std::holds_alternative<Null>(keys[row])) out.push_back({.key = &keys[row], .row = row});
  }
  std::ranges::sort(out, before);
  return out;
}

const schema::Member& member_named(const schema::Type& type, std::string_view name) {
  for (const auto& member : type.members) {
    if (member.name == name) return member;
  }
  throw std::logic_error("no member " + std::string(name));
}

// Moves one relation's rows into the members of the rows that they belong to.
class Filling {
 public:
  Filling(const IncludeTerm& term, const schema::Type& owner, const std::vector<void*>& objects)
      : term_(term),
        member_(member_named(owner, term.member)),
        objects_(objects),
        loader_(term.row_type(), term.nested),
        filled_(objects.size(), false) {}

  Statement statement(Dialect dialect, std::vector<Value> keys) const {
    auto rows = term_.rows;
    rows.condition =
        ConditionTree::both(std::move(rows.condition), ConditionTree::in(term_.other_key, std::move(keys)));
    if (term_.rows_of_each_max) {
      return rows.rows_of_each(dialect, loader_.columns(), term_.other_key, *term_.rows_of_each_max);
    }
    return rows.rows(dialect, loader_.columns() + ", \"" + std::string(term_.other_key.column) + "\"");
  }

  void take(const Row& row, const std::vector<KeyOfRow>& keys) {
    const auto key = column_value(row, loader_.width(), term_.other_key_type());
    for (const auto& owner : std::ranges::equal_range(keys, KeyOfRow{.key = &key, .row = 0}, before)) {
      void* place = member_.locate(objects_[owner.row]);
      const auto& access = member_.type().access;
      switch (member_.type().kind) {
        case schema::Kind::array:
          loader_.read(row, access.append(place));
          places_.push_back({.owner = owner.row, .item = access.size(place) - 1});
          break;
        case schema::Kind::optional:
        case schema::Kind::nullable:
          loader_.read(row, access.emplace(place));
          places_.push_back({.owner = owner.row, .item = 0});
          break;
        default:
          loader_.read(row, place);
          places_.push_back({.owner = owner.row, .item = 0});
      }
      filled_[owner.row] = true;
    }
  }

  // A required member without a row: a broken reference, which is our bug.
  void require_all() const {
    if (member_.type().kind != schema::Kind::object) return;
    if (std::ranges::find(filled_, false) != filled_.end()) {
      throw std::logic_error("no row for the member " + std::string(member_.name) + ", which is not optional");
    }
  }

  Task<Result<>> load_nested(Executor& executor) {
    if (term_.nested.empty() || places_.empty()) co_return Result<>{};
    std::vector<void*> rows;
    rows.reserve(places_.size());
    for (const auto& place : places_) rows.push_back(row_at(place.owner, place.item));
    co_return co_await loader_.load(executor, std::move(rows));
  }

 private:
  struct Place {
    std::size_t owner, item;
  };
  // Its address after the vectors have grown.
  [[nodiscard]] void* row_at(std::size_t owner, std::size_t item) const {
    void* place = member_.locate(objects_[owner]);
    const auto& access = member_.type().access;
    switch (member_.type().kind) {
      case schema::Kind::array:
        return const_cast<void*>(access.item(place, item));
      case schema::Kind::optional:
      case schema::Kind::nullable:
        return const_cast<void*>(access.content(place));
      default:
        return place;
    }
  }

  const IncludeTerm& term_;
  const schema::Member& member_;
  const std::vector<void*>& objects_;
  IncludeLoader loader_;
  std::vector<Place> places_{};
  std::vector<bool> filled_;
};

}  // namespace

IncludeLoader::IncludeLoader(const schema::Type& type, const std::vector<IncludeTerm>& terms)
    : type_(&type), terms_(&terms), keys_(terms.size()) {
  for (const auto& member : type.members) {
    if (std::ranges::find(terms, member.name, &IncludeTerm::member) == terms.end()) members_.push_back(&member);
  }
  const auto add = [this](std::string_view name) {
    if (!columns_.empty()) columns_ += ", ";
    columns_.append("\"").append(name).append("\"");
  };
  for (const auto* member : members_) add(member->name);
  for (const auto& term : terms) add(term.own_key.column);
}

void IncludeLoader::read(const Row& row, void* object) {
  std::size_t column = 0;
  for (const auto* member : members_) {
    read_value(row, column++, member->type(), member->locate(object), member->name);
  }
  for (std::size_t i = 0; i < terms_->size(); ++i) {
    keys_[i].push_back(column_value(row, column++, (*terms_)[i].own_key_type()));
  }
}

Task<Result<>> IncludeLoader::load(Executor& executor, std::vector<void*> objects) {
  for (std::size_t relation = 0; relation < terms_->size(); ++relation) {
    auto loaded = co_await load_relation(executor, relation, objects);
    if (!loaded) co_return loaded;
  }
  co_return Result<>{};
}

Task<Result<>> IncludeLoader::load_relation(Executor& executor, std::size_t relation,
                                            const std::vector<void*>& objects) {
  Filling filling((*terms_)[relation], *type_, objects);
  const auto keys = sorted(keys_[relation]);
  std::vector<Value> distinct;
  for (const auto& key : keys) {
    if (distinct.empty() || distinct.back() != *key.key) distinct.push_back(*key.key);
  }
  for (std::size_t at = 0; at < distinct.size(); at += keys_max) {
    const auto some = std::span(distinct).subspan(at, std::min(keys_max, distinct.size() - at));
    auto statement = filling.statement(executor.dialect(), {some.begin(), some.end()});
    statement.on_row = [&filling, &keys](const Row& row) { filling.take(row, keys); };
    auto done = co_await executor.execute(std::move(statement));
    if (!done) co_return std::unexpected(std::move(done.error()));
  }
  filling.require_all();
  co_return co_await filling.load_nested(executor);
}

}  // namespace ashlar::sql::detail
