// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::http {

// One field of a message. Views; their source documents who owns the bytes.
struct Field {
  std::string_view name;
  std::string_view value;
};

// The fields of a received message, in order, with their names as sent; look-ups ignore case (RFC 9110 section 5.1).
// Views into the connection's buffer: valid until the request is answered.
class RequestHeaders {
 public:
  [[nodiscard]] std::span<const Field> all() const { return fields_; }
  // The value of the first field of that name; nullopt when there is none.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view{}); }
  [[nodiscard]] std::size_t count(std::string_view name) const;

  void add(std::string_view name, std::string_view value) { fields_.push_back({name, value}); }
  void clear() { fields_.clear(); }

 private:
  std::vector<Field> fields_;
};

// Fields that are prepared once and added to many responses by one copy, such as the security headers. Throws
// std::invalid_argument for a name that is not a token, a value with CR, LF, NUL or another control character, and for
// the four names that the connection sets (see ResponseHeaders).
class HeaderBlock {
 public:
  HeaderBlock() = default;
  explicit HeaderBlock(std::span<const Field> fields);

 private:
  friend class ResponseHeaders;
  struct Entry {
    std::uint32_t offset;
    std::uint16_t name_size;
    std::uint32_t value_size;
  };
  void append(std::string_view name, std::string_view value);

  std::string bytes_;  // "Name: value\r\n" for each: the HTTP/1.1 form
  std::vector<Entry> entries_;
};

// The fields of a response. Owns its bytes and keeps its memory over clear(), so a connection's second response
// allocates nothing. The connection sets `Content-Length`, `Transfer-Encoding`, `Connection` and `Date`; they are
// refused here.
class ResponseHeaders {
 public:
  // Throws std::invalid_argument like HeaderBlock, so that no caller can inject CR LF.
  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // replaces all fields of that name
  void add(const HeaderBlock& block);
  void remove(std::string_view name);

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::size_t count() const { return block_.entries_.size(); }
  [[nodiscard]] Field at(std::size_t index) const;
  [[nodiscard]] std::string_view http1_bytes() const { return block_.bytes_; }  // each line with its CR LF
  void clear();

 private:
  HeaderBlock block_;
};

}  // namespace ashlar::http
