// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/http/headers.hpp"

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::http {

struct OwnedField {
  std::string name;
  std::string value;
};

// The fields of a request that a Client sends. It never holds a name that is not a token, or a value with CR, LF, NUL
// or another control character, so no value can inject a field or a second request. It also refuses the fields that the
// Client sets or that would change the message's framing: Host, Content-Length, Transfer-Encoding, Connection,
// Keep-Alive, Proxy-Connection, Proxy-Authorization, Upgrade, TE, Trailer, Expect. Removes spaces and tabs around a
// value and keeps the order. A value; look-ups ignore case.
class ClientFields {
 public:
  ClientFields() = default;
  // For fields of the program itself. Throws std::invalid_argument where add() returns an error.
  ClientFields(std::initializer_list<Field> fields);

  // Error http_client.invalid_request; the message names the field, never its value.
  [[nodiscard]] Result<> add(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::span<const OwnedField> all() const { return fields_; }

 private:
  std::vector<OwnedField> fields_;
};

// The fields of a response, as they were received, in order. Owns its bytes. Look-ups ignore case.
class ReceivedFields {
 public:
  // The value of the first field of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view{}); }
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] std::span<const OwnedField> all() const { return fields_; }

  void add(std::string_view name, std::string_view value) {
    fields_.push_back({std::string(name), std::string(value)});
  }
  void clear() { fields_.clear(); }

 private:
  std::vector<OwnedField> fields_;
};

}  // namespace ashlar::http
