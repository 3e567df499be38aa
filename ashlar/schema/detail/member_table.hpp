// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <boost/mp11/list.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// The table of a described struct's members, made from Boost.Describe's lists.
namespace ashlar::schema {

template <class T>
const Type& type_of();  // describe.hpp

template <class T>
const Type& type_of();  // describe.hpp

// How a described struct spells its members in JSON; camel_case unless it has a member json_names.
enum class JsonNames : std::uint8_t { camel_case, as_written };

namespace detail {

template <std::size_t N>
struct JsonName {
  std::array<char, N> text{};
  std::size_t size = 0;
};

template <std::size_t N>
consteval JsonName<N> as_written(const char (&name)[N]) {
  JsonName<N> out;
  for (; out.size + 1 < N; ++out.size) out.text[out.size] = name[out.size];
  return out;
}

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

// ,"createdAt": and zeros behind it.
template <std::size_t N>
consteval auto json_key(const JsonName<N>& name) {
  constexpr std::size_t block = JsonKey::block_bytes;
  JsonName<(N + 4 + block - 1) / block * block> out;
  const auto put = [&out](char c) { out.text[out.size++] = c; };
  put(',');
  put('"');
  for (std::size_t i = 0; i < name.size; ++i) put(name.text[i]);
  put('"');
  put(':');
  return out;
}

// Whether a member may be absent from the input, by its type: optional<T>, Defaulted<...>.
template <class T>
inline constexpr bool may_be_absent = false;
template <class T>
inline constexpr bool may_be_absent<std::optional<T>> = true;

// The content type of an optional or a nullable; any other type itself.
template <class T>
struct Held {
  using type = T;
};
template <class T>
struct Held<std::optional<T>> : Held<T> {};

// False for a struct. Its Type is not requested, because it may be under construction.
template <class T>
bool holds_password() {
  using Value = typename Held<T>::type;
  constexpr bool is_struct = requires { boost_public_member_descriptor_fn(static_cast<Value**>(nullptr)); };
  if constexpr (is_struct) {
    return false;
  } else {
    return type_of<Value>().format == Format::password;
  }
}

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
    if constexpr (requires { requires T::json_names == JsonNames::as_written; }) return as_written(copy);
    return camel_case(copy);
  }
  static constexpr JsonName<length> json = json_name();
  static constexpr auto key = json_key(json);

  static void* locate(void* object) { return &(static_cast<T*>(object)->*D::pointer); }
  static Member member() {
    return {.name = D::name,
            .json_name = {json.text.data(), json.size},
            .json_key = {key.text.data(), key.size},
            .type = &type_of<Value>,
            .locate = &locate,
            .required = !may_be_absent<Value>,
            .password = holds_password<Value>()};
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

}  // namespace detail

}  // namespace ashlar::schema
