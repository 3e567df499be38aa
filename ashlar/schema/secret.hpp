// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"

#include <concepts>
#include <expected>
#include <string_view>
#include <utility>

namespace ashlar {

// A secret that a client sends: a password, a one-time code, a token. It is read like its T, with the same faults:
//
//   struct SignIn {
//     Email email;
//     Secret<Text<1, 1024>> password;
//   };
//   ASHLAR_DESCRIBE(SignIn, email, password)
//   ... co_await passwords.verify(in.password.reveal().str(), hash)
//
// Nothing prints it by mistake. It has no conversions and no comparison, so using it as a log attribute, as part of a
// message, as a cache key or as an SQL parameter does not compile. Code that walks a described struct cannot read it
// either: JSON (a reply, a cached value, an audit entry) omits the member, an array has null in its place, and a row
// that holds one is a std::logic_error. A fault names the path and the rule, never the value. JSON Schema says
// `"format": "password"` and `"writeOnly": true`.
//
// A value: it copies and moves like its T. The destructor does not overwrite the memory.
template <class T>
  requires requires(std::string_view text) {
    { T::parse(text) } -> std::same_as<std::expected<T, schema::Violation>>;
  }
class Secret {
 public:
  using value_type = T;

  Secret() = default;
  explicit Secret(T value) : value_(std::move(value)) {}
  static std::expected<Secret, schema::Violation> parse(std::string_view text) {
    auto value = T::parse(text);
    if (!value) return std::unexpected(std::move(value.error()));
    return Secret(std::move(*value));
  }
  static Secret of(std::string_view text) { return Secret(T::of(text)); }  // for literals, like T::of()

  // The only access to the value. The caller is responsible for what it does with it.
  [[nodiscard]] const T& reveal() const& { return value_; }
  [[nodiscard]] T reveal() && { return std::move(value_); }

  friend bool operator==(const Secret&, const Secret&) = delete;

 private:
  T value_;
};

namespace schema {

// The Type of its T without the functions that write it.
template <class T>
struct Describe<Secret<T>> {
  static Type type() {
    Type out = type_of<T>();
    out.format = Format::password;
    out.default_json = {};
    out.append_example = nullptr;
    out.access = {};
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      auto parsed = Secret<T>::parse(text);
      if (!parsed) return std::move(parsed.error());
      *static_cast<Secret<T>*>(value) = std::move(*parsed);
      return {};
    };
    return out;
  }
};

}  // namespace schema

}  // namespace ashlar
