// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/detail/member_table.hpp"
#include "ashlar/schema/type.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// Describes a plain struct in one line, after the struct and in its namespace:
//
//   struct SignUp {
//     Text<1, 120> name;
//     Email email;
//     std::optional<Int<0, 150>> age;
//   };
//   ASHLAR_DESCRIBE(SignUp, name, email, age)
//
// JSON names are the members' names in camelCase (created_at -> createdAt); SQL uses them unchanged. Members keep
// their order everywhere. A struct may also have:
//   void refine(ashlar::schema::Refinement& out) const;  rules over several members, run when each is valid
//   static T example();                                  the example that OpenAPI shows
//   static constexpr std::string_view description;       a sentence for OpenAPI
//   static constexpr auto json_names = ashlar::schema::JsonNames::as_written;   for documents defined elsewhere
//   static constexpr auto unknown_members = ashlar::schema::UnknownMembers::ignored;   when they may gain members
// Enumerations are described in the same way and are strings on the wire: ASHLAR_DESCRIBE_ENUM(Role, user, admin)
#define ASHLAR_DESCRIBE(Struct, ...)               \
  BOOST_DESCRIBE_STRUCT(Struct, (), (__VA_ARGS__)) \
  ASHLAR_DETAIL_NAME_OF(Struct)
#define ASHLAR_DESCRIBE_ENUM(Enum, ...)  \
  BOOST_DESCRIBE_ENUM(Enum, __VA_ARGS__) \
  ASHLAR_DETAIL_NAME_OF(Enum)
#define ASHLAR_DETAIL_NAME_OF(Name) \
  [[maybe_unused]] consteval ::std::string_view ashlar_name_of(::std::type_identity<Name>) { return #Name; }

namespace ashlar {
class Uuid;
class Timestamp;
}  // namespace ashlar

namespace ashlar::schema {

template <class T>
concept DescribedStruct =
    std::is_class_v<T> && requires { boost_public_member_descriptor_fn(static_cast<T**>(nullptr)); };

template <class T>
concept DescribedEnum = std::is_enum_v<T> && requires { boost_enum_descriptor_fn(static_cast<T**>(nullptr)); };

// How a C++ type gets its Type. Constraint types specialise it (constraints.hpp); so can a user-defined scalar:
//   template <> struct ashlar::schema::Describe<Colour> { static Type type(); };
template <class T>
struct Describe;

namespace detail {
// Depends on the C++ type only: a Type derived from another's must not inherit that type's memory layout.
template <class T>
constexpr Storage storage_of() {
  if constexpr (std::same_as<T, bool>) return Storage::boolean;
  if constexpr (std::same_as<T, std::int64_t>) return Storage::integer;
  if constexpr (std::same_as<T, double>) return Storage::number;
  if constexpr (std::same_as<T, std::string>) return Storage::text;
  if constexpr (std::same_as<T, Uuid>) return Storage::uuid;
  if constexpr (std::same_as<T, Timestamp>) return Storage::timestamp;
  return Storage::other;
}

template <class T>
Type make_type() {
  Type out = Describe<T>::type();
  out.storage = storage_of<T>();
  return out;
}
}  // namespace detail

// The Type of T, one per type. Cheap after the first call.
template <class T>
const Type& type_of() {
  static const Type type = detail::make_type<T>();
  return type;
}

namespace detail {
// Like write_json, but with a placeholder for each password: for examples and defaults. json_write.cpp
void append_json(const Type& type, const void* value, std::string& out);
Violation unknown_enumerator(std::span<const std::string_view> names);  // constraints.cpp
}  // namespace detail

template <DescribedStruct T>
struct Describe<T> {
  static Type type() {
    Type out{.kind = Kind::object, .name = ashlar_name_of(std::type_identity<T>{})};
    out.members = detail::members_from<T>(boost::describe::describe_members<T, boost::describe::mod_public>{});
    // A member of that name is data, not the struct's description.
    if constexpr (requires { requires !std::is_member_object_pointer_v<decltype(&T::description)>; })
      out.description = T::description;
    if constexpr (requires { requires std::same_as<decltype(T::unknown_members), const UnknownMembers>; })
      out.unknown_members = T::unknown_members;
    if constexpr (requires(const T& t, Refinement& r) { t.refine(r); }) {
      out.access.refine = [](const void* object, Refinement& r) { static_cast<const T*>(object)->refine(r); };
    }
    if constexpr (requires {
                    { T::example() } -> std::same_as<T>;
                  }) {
      out.append_example = [](std::string& json) {
        const T example = T::example();
        detail::append_json(type_of<T>(), &example, json);
      };
    }
    return out;
  }
};

template <DescribedEnum T>
struct Describe<T> {
  static std::span<const std::string_view> names() { return from(boost::describe::describe_enumerators<T>{}); }
  static std::span<const T> values() { return values_from(boost::describe::describe_enumerators<T>{}); }

  static Type type() {
    Type out{.kind = Kind::string, .format = Format::enumeration, .name = ashlar_name_of(std::type_identity<T>{})};
    out.enumerators = names();
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      for (std::size_t i = 0; i < names().size(); ++i) {
        if (names()[i] != text) continue;
        *static_cast<T*>(value) = values()[i];
        return {};
      }
      return detail::unknown_enumerator(names());
    };
    out.access.append_text = [](const void* value, std::string& text) {
      text += name_of(*static_cast<const T*>(value));
    };
    out.access.view_text = [](const void* value) { return name_of(*static_cast<const T*>(value)); };
    return out;
  }
  static std::string_view name_of(T value) {
    for (std::size_t i = 0; i < values().size(); ++i)
      if (values()[i] == value) return names()[i];
    return {};
  }

 private:
  template <template <class...> class L, class... D>
  static std::span<const std::string_view> from(L<D...>) {
    static constexpr std::array<std::string_view, sizeof...(D)> table{D::name...};
    return table;
  }
  template <template <class...> class L, class... D>
  static std::span<const T> values_from(L<D...>) {
    static constexpr std::array<T, sizeof...(D)> table{D::value...};
    return table;
  }
};

// The name of an enumerator on the wire.
template <DescribedEnum T>
std::string_view name_of(T value) {
  return Describe<T>::name_of(value);
}

}  // namespace ashlar::schema
