// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/keyset.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/sql/detail/value_bytes.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

namespace ashlar::sql::detail {
namespace {

constexpr char forward_mark = 'f';
constexpr char backward_mark = 'b';

// The rows strictly after the value, in the order of this one column.
ConditionTree strictly_after(const OrderTerm& order, const Value& value) {
  if (std::holds_alternative<Null>(value)) {
    return order.puts_nulls_first() ? ConditionTree::negation(ConditionTree::is_null(order.column))
                                    : ConditionTree::never();
  }
  const bool ascending = order.direction == OrderTerm::Direction::ascending;
  auto out = ConditionTree::compare(ascending ? Comparison::greater : Comparison::less, order.column, value);
  if (!order.nullable || order.puts_nulls_first()) return out;
  return ConditionTree::either(std::move(out), ConditionTree::is_null(order.column));
}

ConditionTree same(const OrderTerm& order, const Value& value) {
  if (std::holds_alternative<Null>(value)) return ConditionTree::is_null(order.column);
  return ConditionTree::compare(Comparison::equal, order.column, value);
}

// Whether a column of this type can produce such a value (column_value).
bool fits(const schema::Type& type, bool nullable, const Value& value) {
  if (std::holds_alternative<Null>(value)) return nullable;
  const schema::Type& content = content_type(type);
  switch (content.kind) {
    case schema::Kind::boolean:
      return std::holds_alternative<bool>(value);
    case schema::Kind::integer:
      return std::holds_alternative<std::int64_t>(value);
    case schema::Kind::number:
      return std::holds_alternative<double>(value);
    default:
      break;
  }
  switch (content.format) {
    case schema::Format::uuid:
      return std::holds_alternative<Uuid>(value);
    case schema::Format::date_time:
      return std::holds_alternative<Timestamp>(value);
    case schema::Format::money:
      return std::holds_alternative<std::int64_t>(value);
    default:
      return std::holds_alternative<std::string>(value);
  }
}

}  // namespace

ConditionTree after(const std::vector<OrderTerm>& orders, const std::vector<Value>& place) {
  auto out = strictly_after(orders.back(), place.back());
  for (std::size_t i = orders.size() - 1; i-- > 0;) {
    const auto& order = orders[i];
    const bool ascending = order.direction == OrderTerm::Direction::ascending;
    auto here = ConditionTree::either(strictly_after(order, place[i]),
                                      ConditionTree::both(same(order, place[i]), std::move(out)));
    // Redundant, but lets an index start at the position.
    out = order.nullable ? std::move(here)
                         : ConditionTree::both(ConditionTree::compare(
                                                   ascending ? Comparison::greater_or_equal : Comparison::less_or_equal,
                                                   order.column, place[i]),
                                               std::move(here));
  }
  return out;
}

std::optional<Keyset> Keyset::of(SelectParts parts, std::string_view columns, std::size_t width,
                                 const SigningKeys& keys, std::optional<std::string_view> cursor, Dialect dialect) {
  if (parts.duplicates == Duplicates::removed) throw std::logic_error("distinct rows have no cursors");
  if (parts.offset != 0) throw std::logic_error("a page is given by its number or by a cursor, not by both");
  Keyset out(std::move(parts), columns, width, keys, dialect);
  auto whole = out.parts_;
  whole.limit.reset();
  const auto list = whole.rows(dialect, columns);
  append_bytes(list.sql, out.list_);
  for (const auto& value : list.parameters) append_bytes(value, out.list_);
  if (cursor && !out.start_from(*cursor)) return std::nullopt;
  return out;
}

bool Keyset::start_from(std::string_view cursor) {
  const auto dot = cursor.find('.');
  if (dot == std::string_view::npos) return false;
  const auto payload = from_base64url(cursor.substr(0, dot));
  if (!payload || payload->empty()) return false;
  if (!keys_->verify("sql.cursor", list_ + *payload, cursor.substr(dot + 1))) return false;
  const auto place = values_from(std::string_view(*payload).substr(1));
  if (!place || place->size() != parts_.orders.size()) return false;
  // Possibly signed by an older program, in which a column had another type.
  for (std::size_t i = 0; i < place->size(); ++i) {
    if (!fits(parts_.orders[i].type(), parts_.orders[i].nullable, (*place)[i])) return false;
  }
  if (payload->front() == backward_mark) {
    direction_ = Direction::backward;
    for (auto& order : parts_.orders) order = order.reversed();
  }
  started_ = true;
  parts_.condition = ConditionTree::both(std::move(parts_.condition), after(parts_.orders, *place));
  return true;
}

Statement Keyset::statement() const {
  std::string columns = columns_;
  for (const auto& order : parts_.orders) columns += ", \"" + std::string(order.column.column) + '"';
  auto parts = parts_;
  parts.limit = *parts_.limit + 1;
  return parts.rows(dialect_, columns);
}

bool Keyset::take(const Row& row) {
  if (rows_ == *parts_.limit) {
    more_ = true;
    return false;
  }
  last_.clear();
  for (std::size_t i = 0; i < parts_.orders.size(); ++i) {
    last_.push_back(column_value(row, width_ + i, parts_.orders[i].type()));
  }
  if (rows_++ == 0) first_ = last_;
  return true;
}

std::string Keyset::seal(Direction direction, const std::vector<Value>& place) const {
  std::string payload(1, direction == Direction::forward ? forward_mark : backward_mark);
  for (const auto& value : place) append_bytes(value, payload);
  return to_base64url(std::as_bytes(std::span(payload))) + "." + keys_->sign("sql.cursor", list_ + payload);
}

std::optional<std::string> Keyset::next() const {
  const bool there = is_backward() || more_;
  if (rows_ == 0 || !there) return std::nullopt;
  return seal(Direction::forward, is_backward() ? first_ : last_);
}

std::optional<std::string> Keyset::previous() const {
  const bool there = is_backward() ? more_ : started_;
  if (rows_ == 0 || !there) return std::nullopt;
  return seal(Direction::backward, is_backward() ? last_ : first_);
}

}  // namespace ashlar::sql::detail
