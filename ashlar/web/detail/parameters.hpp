// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::web::detail {

// The parameters after a media type or a disposition (RFC 9110 section 5.6.6): `; name=value; name="value"`. Empty ones
// (`;;`, a trailing `;`) are skipped. In a quoted value \" and \\ stand for " and \, and any other backslash for
// itself: browsers send file names with bare backslashes.
class Parameters {
 public:
  // The text after the type: empty, or starting at its first `;`.
  explicit Parameters(std::string_view text) : rest_(text) {}
  // Those of a field's whole value.
  [[nodiscard]] static Parameters of(std::string_view field_value);

  enum class Found : std::uint8_t { parameter, end, malformed };
  Found next();
  [[nodiscard]] const std::string& name() const { return name_; }  // in lower case
  [[nodiscard]] std::string& value() { return value_; }

 private:
  Found take_token();
  Found take_quoted();

  std::string_view rest_;
  std::string name_, value_;
};

// Decodes an extended value (RFC 8187 section 3.2), UTF-8''%E2%82%AC, into UTF-8. false: it is malformed, or in another
// charset.
[[nodiscard]] bool decode_extended_value(std::string_view value, std::string& out);

}  // namespace ashlar::web::detail
