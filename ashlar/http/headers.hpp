// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::http {

// One field of a message. Views: see who owns the bytes at the place it comes from.
struct Field {
  std::string_view name;
  std::string_view value;
};

// The fields of a received message, in order, names as they were sent; look-ups ignore case (RFC 9110 section 5.1).
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

// Fields prepared once and added to many responses by one copy: the security headers, say.
// Throws std::invalid_argument for a name that is no token, a value with CR, LF, NUL or another control character, and
// for the four names that belong to the connection (see ResponseHeaders).
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

  std::string bytes_;  // "Name: value\r\n" for each: what HTTP/1.1 sends
  std::vector<Entry> entries_;
};

// The fields of a response. Owns its bytes and keeps its memory over clear(), so a connection's second response
// allocates nothing. `Content-Length`, `Transfer-Encoding`, `Connection` and `Date` are the connection's business and
// are refused here.
class ResponseHeaders {
 public:
  // Throws std::invalid_argument as HeaderBlock does, so that no caller can let CR LF through.
  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // replaces all of that name
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
