// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/schema/fault_codes.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar {

// Min to Max bytes, on the wire as base64url without padding (RFC 4648 section 5), as in JOSE and WebAuthn. Reading is
// strict (no padding, no white space, unused bits zero), so that a value has exactly one spelling. A value: it copies
// and compares.
template <std::size_t Min, std::size_t Max>
class Base64url {
 public:
  static_assert(Min <= Max);
  static constexpr std::size_t characters_min = (Min * 4 + 2) / 3;
  static constexpr std::size_t characters_max = (Max * 4 + 2) / 3;

  Base64url() = default;
  static std::expected<Base64url, schema::Violation> parse(std::string_view text) {
    using schema::Violation;
    if (text.size() < characters_min)
      return std::unexpected(
          Violation{schema::codes::too_short, "must have at least " + std::to_string(Min) + " bytes"});
    if (text.size() > characters_max)
      return std::unexpected(Violation{schema::codes::too_long, "must have at most " + std::to_string(Max) + " bytes"});
    auto bytes = from_base64url(text);
    if (!bytes) return std::unexpected(Violation{schema::codes::base64url, "must be base64url without padding"});
    return Base64url(std::move(*bytes));
  }
  static Base64url of_bytes(std::string bytes) {
    assert(bytes.size() >= Min && bytes.size() <= Max);
    return Base64url(std::move(bytes));
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string text() const { return to_base64url(std::as_bytes(std::span(bytes_))); }
  friend bool operator==(const Base64url&, const Base64url&) = default;

 private:
  explicit Base64url(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

namespace schema {

template <std::size_t Min, std::size_t Max>
struct Describe<Base64url<Min, Max>> {
  using Value = Base64url<Min, Max>;
  static Type type() {
    Type out{
        .kind = Kind::string,
        .pattern = "^[A-Za-z0-9_-]*$",
        .bounds = {static_cast<std::int64_t>(Value::characters_min), static_cast<std::int64_t>(Value::characters_max)}};
    out.append_example = [](std::string& json) {
      json += '"' + Value::of_bytes(std::string(std::min(std::max<std::size_t>(Min, 16), Max), '\0')).text() + '"';
    };
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      auto parsed = Value::parse(text);
      if (!parsed) return std::move(parsed.error());
      *static_cast<Value*>(value) = std::move(*parsed);
      return {};
    };
    out.access.append_text = [](const void* value, std::string& text) {
      text += static_cast<const Value*>(value)->text();
    };
    return out;
  }
};

}  // namespace schema

}  // namespace ashlar
