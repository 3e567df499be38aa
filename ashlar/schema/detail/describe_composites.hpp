// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/composites.hpp"

#include <array>
#include <concepts>
#include <string>
#include <type_traits>

// The Type of each composite.
namespace ashlar::schema {

template <class T, auto Value>
inline constexpr bool detail::may_be_absent<Defaulted<T, Value>> = true;
template <class T>
struct detail::Held<Nullable<T>> : detail::Held<T> {};

template <class Holder, class T>
Type holder_type(Kind kind) {
  Type out{.kind = kind, .element = &type_of<T>};
  out.access.emplace = [](void* holder) -> void* { return &static_cast<Holder*>(holder)->emplace(); };
  out.access.clear = [](void* holder) { static_cast<Holder*>(holder)->reset(); };
  out.access.content = [](const void* holder) -> const void* {
    const auto& value = *static_cast<const Holder*>(holder);
    return value.has_value() ? &*value : nullptr;
  };
  return out;
}

template <class T>
struct Describe<std::optional<T>> {
  static Type type() { return holder_type<std::optional<T>, T>(Kind::optional); }
};
template <class T>
struct Describe<Nullable<T>> {
  static Type type() { return holder_type<Nullable<T>, T>(Kind::nullable); }
};

// The Type of the contained T, with a default. Defaulted<T> holds its T as the first and only member.
template <class T, auto Value>
struct Describe<Defaulted<T, Value>> {
  static Type type() {
    static_assert(std::is_standard_layout_v<Defaulted<T, Value>>, "Defaulted is for integers, bools and enumerations");
    static const std::string json = [] {
      std::string text;
      const T fallback = Defaulted<T, Value>::fallback();
      detail::append_json(type_of<T>(), &fallback, text);
      return text;
    }();
    Type out = type_of<T>();
    out.default_json = json;
    return out;
  }
};

template <class Vector, class T>
Type array_type(Bounds bounds) {
  Type out{.kind = Kind::array, .bounds = bounds, .element = &type_of<T>};
  out.access.append = [](void* array) -> void* { return &static_cast<Vector*>(array)->emplace_back(); };
  out.access.remove_last = [](void* array) { static_cast<Vector*>(array)->pop_back(); };
  out.access.size = [](const void* array) { return static_cast<const Vector*>(array)->size(); };
  out.access.item = [](const void* array, std::size_t i) -> const void* {
    return &(*static_cast<const Vector*>(array))[i];
  };
  return out;
}

template <class T>
struct Describe<std::vector<T>> {
  static_assert(!std::same_as<T, bool>, "std::vector<bool> holds no bools; use std::vector<std::uint8_t> or an enum");
  static Type type() { return array_type<std::vector<T>, T>({}); }
};
template <class T, std::size_t Min, std::size_t Max>
struct Describe<Array<T, Min, Max>> {
  static Type type() {
    return array_type<Array<T, Min, Max>, T>({static_cast<std::int64_t>(Min), static_cast<std::int64_t>(Max)});
  }
};

template <Literal Tag, class... A>
struct Describe<OneOf<Tag, A...>> {
  using Value = OneOf<Tag, A...>;
  static Type type() {
    static const std::array<Alternative, sizeof...(A)> table{
        Alternative{.tag = A::tag, .type = &type_of<A>, .emplace = [](void* choice) -> void* {
                      return &static_cast<Value*>(choice)->template emplace<A>();
                    }}...};
    Type out{.kind = Kind::choice, .alternatives = table, .tag_name = Value::tag_name};
    out.access.active = [](const void* choice) { return static_cast<const Value*>(choice)->index(); };
    out.access.active_value = [](const void* choice) {
      return std::visit([](const auto& value) -> const void* { return &value; },
                        static_cast<const std::variant<A...>&>(*static_cast<const Value*>(choice)));
    };
    return out;
  }
};

}  // namespace ashlar::schema
