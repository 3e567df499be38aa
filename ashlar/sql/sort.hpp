// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/order.hpp"

#include <array>
#include <optional>
#include <span>

namespace ashlar::sql {

namespace detail {
// "createdAt", "-createdAt", ... for each column in order.
std::vector<std::string> sort_names(const schema::Type& type, std::span<const std::string_view> columns);
}  // namespace detail

// An order that the client chooses from a fixed list, as a member of a request:
//   Sort<User, &User::created_at, &User::name> sort;
// On the wire it is a column's JSON name for ascending order, with a minus sign before it for descending:
// "createdAt", "-createdAt", "name", "-name". When absent, it is the first column, descending.
//   from<User>().order_by(in.sort, asc<&User::id>)      // the id makes the order complete
template <class T, auto... Columns>
class Sort {
 public:
  static_assert(sizeof...(Columns) > 0);
  static_assert((std::same_as<T, detail::StructOf<Columns>> && ...), "the columns of a Sort belong to one struct");

  Sort() = default;
  static std::optional<Sort> parse(std::string_view text) {
    for (std::size_t i = 0; i < names().size(); ++i) {
      if (names()[i] == text) return Sort(i);
    }
    return std::nullopt;
  }
  static std::span<const std::string_view> names() {
    static constexpr std::array<std::string_view, sizeof...(Columns)> columns{Column<Columns>::name...};
    static const std::vector<std::string> texts = detail::sort_names(schema::type_of<T>(), columns);
    static const std::vector<std::string_view> views(texts.begin(), texts.end());
    return views;
  }

  [[nodiscard]] std::string_view name() const { return names()[choice_]; }
  operator Order<T>() const {  // NOLINT(google-explicit-constructor): usable among asc<> and desc<>
    static constexpr std::array<Order<T>, 2 * sizeof...(Columns)> orders = [] {
      std::array<Order<T>, 2 * sizeof...(Columns)> out{};
      std::size_t at = 0;
      ((out[at] = asc<Columns>, out[at + 1] = desc<Columns>, at += 2), ...);
      return out;
    }();
    return orders[choice_];
  }

 private:
  explicit Sort(std::size_t choice) : choice_(choice) {}
  std::size_t choice_ = 1;
};

}  // namespace ashlar::sql

namespace ashlar::schema {

template <class T, auto... Columns>
inline constexpr bool detail::may_be_absent<sql::Sort<T, Columns...>> = true;

template <class T, auto... Columns>
struct Describe<sql::Sort<T, Columns...>> {
  using Value = sql::Sort<T, Columns...>;
  static Type type() {
    static const std::string fallback = "\"" + std::string(Value{}.name()) + "\"";
    Type out{.kind = Kind::string, .format = Format::enumeration};
    out.enumerators = Value::names();
    out.default_json = fallback;
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      const auto parsed = Value::parse(text);
      if (!parsed) return detail::unknown_enumerator(Value::names());
      *static_cast<Value*>(value) = *parsed;
      return {};
    };
    out.access.append_text = [](const void* value, std::string& text) {
      text += static_cast<const Value*>(value)->name();
    };
    out.access.view_text = [](const void* value) { return static_cast<const Value*>(value)->name(); };
    return out;
  }
};

}  // namespace ashlar::schema
