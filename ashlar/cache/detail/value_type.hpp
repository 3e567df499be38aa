// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/schema/json.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar::cache::detail {

// A produced value. `value` is null when the value does not exist.
struct Fresh {
  std::shared_ptr<const void> value{};
  std::size_t bytes = 0;
  std::string json{};
};

// What the cache knows about a type: one object per type, identified by its address.
struct ValueType {
  std::uint64_t fingerprint;  // of its JSON Schema: another version of the program may have a different one
  Result<Fresh> (*read)(std::string_view json);  // null: T has no default constructor
};

[[nodiscard]] std::uint64_t schema_fingerprint(const schema::Type& type);

template <class T>
Fresh fresh_of(std::optional<T> value) {
  if (!value) return {};
  std::string json = schema::to_json(*value);
  const std::size_t bytes = sizeof(T) + json.size();
  return {.value = std::make_shared<const T>(std::move(*value)), .bytes = bytes, .json = std::move(json)};
}

template <class T>
Result<Fresh> read(std::string_view json) {
  auto value = schema::read_json<T>(json, {.array_items_max = json.size()});
  if (!value) return std::unexpected(std::move(value.error()));
  return Fresh{.value = std::make_shared<const T>(std::move(*value)), .bytes = sizeof(T) + json.size()};
}

template <class T>
const ValueType& value_type_of() {
  static const ValueType type = [] {
    ValueType out{.fingerprint = schema_fingerprint(schema::type_of<T>()), .read = nullptr};
    if constexpr (std::default_initializable<T>) out.read = &read<T>;
    return out;
  }();
  return type;
}

}  // namespace ashlar::cache::detail
