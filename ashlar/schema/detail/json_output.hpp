// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <string>
#include <string_view>

namespace ashlar::schema::detail {

// Appends JSON to a string. Small pieces are gathered on the stack and appended together, since each append to a string
// costs more than its bytes. finish() appends the remainder. For one thread.
class JsonOutput {
 public:
  static constexpr std::size_t piece_bytes_max = 1024;

  explicit JsonOutput(std::string& out) : out_(out) {}
  JsonOutput(const JsonOutput&) = delete;
  JsonOutput& operator=(const JsonOutput&) = delete;

  // Room for at most `bytes` (up to piece_bytes_max) at the end of the output. The caller writes there and then calls
  // the function that sets the new end; nothing else may be written in between.
  [[nodiscard]] char* room(std::size_t bytes) {
    assert(bytes <= piece_bytes_max);
    if (bytes > static_cast<std::size_t>(gathered_.data() + gathered_.size() - end_)) finish();
    return end_;
  }
  void written_until(char* end) { end_ = end; }

  void append(char c) {
    char* at = room(1);
    *at = c;
    written_until(at + 1);
  }
  void append(std::string_view text);

  // All bytes written, including the string's earlier content.
  [[nodiscard]] std::size_t size() const { return out_.size() + static_cast<std::size_t>(end_ - gathered_.data()); }
  // Reserves room in the string for this many more bytes.
  void reserve(std::size_t more_bytes) { out_.reserve(size() + more_bytes); }

  void finish() {
    out_.append(gathered_.data(), end_);
    end_ = gathered_.data();
  }

 private:
  std::string& out_;
  std::array<char, 2 * piece_bytes_max> gathered_;
  char* end_ = gathered_.data();
};

// Copies `text` to `to`, which has room for it, up to the first byte that RFC 8259 section 7 requires to be escaped:
// '"', '\\' or below 0x20. Returns the number of bytes copied. Bytes after them, within the text's length, may be
// overwritten.
std::size_t copy_unescaped(std::string_view text, char* to);

// A string of any length with its quotes and escapes; the second function reserves the room first.
void append_quoted(std::string_view text, JsonOutput& out);
void append_quoted(const Access& access, const void* value, JsonOutput& out);

}  // namespace ashlar::schema::detail
