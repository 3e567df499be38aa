// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/signing_keys.hpp"
#include "ashlar/sql/detail/select_parts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::sql::detail {

// The rows after (or before) a position in an order, and the cursors of both ends of the page.
class Keyset {
 public:
  // `width`: the number of columns in `columns`. nullopt: the cursor belongs to another list.
  static std::optional<Keyset> of(SelectParts parts, std::string_view columns, std::size_t width,
                                  const SigningKeys& keys, std::optional<std::string_view> cursor, Dialect dialect);

  // The columns, then those of the order; one row more than the limit.
  [[nodiscard]] Statement statement() const;
  // Whether the row belongs to the page. Stores the order's values of its first and last rows.
  bool take(const Row& row);

  [[nodiscard]] bool is_backward() const { return direction_ == Direction::backward; }
  [[nodiscard]] std::optional<std::string> next() const;
  [[nodiscard]] std::optional<std::string> previous() const;

 private:
  enum class Direction : unsigned char { forward, backward };

  Keyset(SelectParts parts, std::string_view columns, std::size_t width, const SigningKeys& keys, Dialect dialect)
      : parts_(std::move(parts)), columns_(columns), width_(width), keys_(&keys), dialect_(dialect) {}
  bool start_from(std::string_view cursor);
  [[nodiscard]] std::string seal(Direction direction, const std::vector<Value>& place) const;

  SelectParts parts_;
  std::string columns_;
  std::size_t width_;
  const SigningKeys* keys_;
  Dialect dialect_;
  std::string list_{};  // identifies this list
  Direction direction_ = Direction::forward;
  bool started_ = false;  // from a cursor
  std::int64_t rows_ = 0;
  bool more_ = false;
  std::vector<Value> first_{};
  std::vector<Value> last_{};
};

// The rows after a row with these values, in this order.
ConditionTree after(const std::vector<OrderTerm>& orders, const std::vector<Value>& place);

}  // namespace ashlar::sql::detail
