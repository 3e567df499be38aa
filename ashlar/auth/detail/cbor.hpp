// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ashlar::auth::detail {

// The head of a CBOR data item (RFC 8949 section 3), and the content of a string.
struct CborItem {
  enum class Kind : std::uint8_t {
    integer,
    bytes,
    text,
    array,
    map,
    boolean,
    other
  };  // other: null, undefined, floats
  Kind kind = Kind::other;
  std::int64_t integer = 0;    // an integer within 64 bits; a boolean is 0 or 1
  std::string_view content{};  // of bytes and text; it lives as long as the input
  std::size_t size = 0;        // items of an array, pairs of a map
};

// Reads CBOR item by item over bytes that outlive it, without allocating. Strict, as the CTAP2 canonical form is:
// lengths are definite and in their shortest form, text is UTF-8, there are no tags. The order of keys is not checked.
// An array or a map that announces more items than bytes follow is refused at its head.
class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : bytes_(bytes) {}

  // The next item; of an array or a map the head alone, its items follow. Nullopt: malformed, or the end.
  std::optional<CborItem> next();
  // Skips the content of an item whose head was read. False: malformed, or nested deeper than depth_max.
  bool skip(const CborItem& item);

  [[nodiscard]] std::size_t position() const { return position_; }  // bytes that were read
  [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }

  static constexpr std::size_t depth_max = 8;

 private:
  bool skip(const CborItem& item, std::size_t depth);

  std::string_view bytes_;
  std::size_t position_ = 0;
};

}  // namespace ashlar::auth::detail
