// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <concepts>
#include <cstring>
#include <utility>

// Describes a plain struct in one line, in the struct's own namespace, after it:
//
//   struct SignUp {
//     Text<1, 120> name;
//     Email email;
//     std::optional<Int<0, 150>> age;
//   };
//   ASHLAR_DESCRIBE(SignUp, name, email, age)
//
// JSON names are the members' names in camelCase (created_at -> createdAt); SQL uses them as they are. Members keep
// their order everywhere. A struct may also have:
//   void refine(ashlar::schema::Refinement& out) const;  rules over several members, run when each is right by itself
//   static T example();                                  the example that OpenAPI shows
//   static constexpr std::string_view description;       a sentence for OpenAPI
// Enumerations are described alike, and are strings on the wire: ASHLAR_DESCRIBE_ENUM(Role, user, admin)
#define ASHLAR_DESCRIBE(Struct, ...)               \
  BOOST_DESCRIBE_STRUCT(Struct, (), (__VA_ARGS__)) \
  ASHLAR_DETAIL_NAME_OF(Struct)
#define ASHLAR_DESCRIBE_ENUM(Enum, ...)  \
  BOOST_DESCRIBE_ENUM(Enum, __VA_ARGS__) \
  ASHLAR_DETAIL_NAME_OF(Enum)
#define ASHLAR_DETAIL_NAME_OF(Name) \
  [[maybe_unused]] consteval ::std::string_view ashlar_name_of(::std::type_identity<Name>) { return #Name; }

namespace ashlar::schema {

template <class T>
concept DescribedStruct =
    std::is_class_v<T> && requires { boost_public_member_descriptor_fn(static_cast<T**>(nullptr)); };

template <class T>
concept DescribedEnum = std::is_enum_v<T> && requires { boost_enum_descriptor_fn(static_cast<T**>(nullptr)); };

// How a C++ type gets its Type. Constraint types specialise it (constraints.hpp); a user's own scalar can, too:
//   template <> struct ashlar::schema::Describe<Colour> { static Type type(); };
template <class T>
struct Describe;

// The one Type of T. Cheap after the first call.
template <class T>
const Type& type_of() {
  static const Type type = Describe<T>::type();
  return type;
}

namespace detail {

template <std::size_t N>
struct JsonName {
  std::array<char, N> text{};
  std::size_t size = 0;
};

// created_at -> createdAt, at compile time.
template <std::size_t N>
consteval JsonName<N> camel_case(const char (&name)[N]) {
  JsonName<N> out;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    if (name[i] == '_' && i + 2 < N && out.size > 0) {
      ++i;
      out.text[out.size++] = name[i] >= 'a' && name[i] <= 'z' ? static_cast<char>(name[i] - 32) : name[i];
    } else {
      out.text[out.size++] = name[i];
    }
  }
  return out;
}

// Whether a member may be absent from the input, by its type: optional<T>, Defaulted<...>.
template <class T>
inline constexpr bool may_be_absent = false;
template <class T>
inline constexpr bool may_be_absent<std::optional<T>> = true;

template <class T, class D>
struct MemberTable {
  using Pointer = decltype(D::pointer);
  template <class M>
  static M member_type(M T::*);
  using Value = decltype(member_type(D::pointer));

  static constexpr std::size_t length = std::string_view(D::name).size() + 1;
  static consteval JsonName<length> json_name() {
    char copy[length]{};
    for (std::size_t i = 0; i < length; ++i) copy[i] = D::name[i];
    return camel_case(copy);
  }
  static constexpr JsonName<length> json = json_name();

  static void* locate(void* object) { return &(static_cast<T*>(object)->*D::pointer); }
  static Member member() {
    return {.name = D::name,
            .json_name = {json.text.data(), json.size},
            .type = &type_of<Value>,
            .locate = &locate,
            .required = !may_be_absent<Value>};
  }
};

template <class T, class... D>
std::span<const Member> members_of(boost::mp11::mp_list<D...>) {
  static const std::array<Member, sizeof...(D)> table{MemberTable<T, D>::member()...};
  return table;
}

template <class T, template <class...> class L, class... D>
std::span<const Member> members_from(L<D...>) {
  return members_of<T>(boost::mp11::mp_list<D...>{});
}

void append_json(const Type& type, const void* value, std::string& out);  // write.cpp

}  // namespace detail

template <DescribedStruct T>
struct Describe<T> {
  static Type type() {
    Type out{.kind = Kind::object, .name = ashlar_name_of(std::type_identity<T>{})};
    out.members = detail::members_from<T>(boost::describe::describe_members<T, boost::describe::mod_public>{});
    // A member of that name is data, not the sentence about the struct.
    if constexpr (requires { requires !std::is_member_object_pointer_v<decltype(&T::description)>; })
      out.description = T::description;
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
      return detail_unknown(names());
    };
    out.access.append_text = [](const void* value, std::string& text) {
      text += name_of(*static_cast<const T*>(value));
    };
    return out;
  }
  static std::string_view name_of(T value) {
    for (std::size_t i = 0; i < values().size(); ++i)
      if (values()[i] == value) return names()[i];
    return {};
  }

 private:
  static Violation detail_unknown(std::span<const std::string_view> names);
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

// The name of an enumerator, as it stands on the wire.
template <DescribedEnum T>
std::string_view name_of(T value) {
  return Describe<T>::name_of(value);
}

namespace detail {
Violation unknown_enumerator(std::span<const std::string_view> names);  // constraints.cpp
}  // namespace detail

template <DescribedEnum T>
Violation Describe<T>::detail_unknown(std::span<const std::string_view> names) {
  return detail::unknown_enumerator(names);
}

}  // namespace ashlar::schema
