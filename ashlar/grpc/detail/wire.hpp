// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The wire format of protobuf (https://protobuf.dev/programming-guides/encoding/), without messages' types. No I/O.
namespace ashlar::grpc::detail {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, group = 3, group_end = 4, fixed32 = 5 };

inline constexpr std::uint32_t field_number_max = (1U << 29U) - 1;
inline constexpr std::size_t group_depth_max = 32;

void append_varint(std::uint64_t value, std::string& out);
void append_tag(std::uint32_t number, WireType type, std::string& out);
void append_bytes(std::uint32_t number, std::string_view bytes, std::string& out);
void append_varint_field(std::uint32_t number, std::uint64_t value, std::string& out);
void append_fixed64(std::uint64_t value, std::string& out);

// One field as it arrived. `number` of varint, fixed64 and fixed32; `bytes` of bytes, a view into the message.
struct WireField {
  std::uint32_t field = 0;
  WireType type = WireType::varint;
  std::uint64_t number = 0;
  std::string_view bytes{};
};

// Reads the fields of one message, in their order. Groups, which proto3 does not have, are skipped.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}

  // false: the message has ended, or is malformed().
  [[nodiscard]] bool next(WireField& out);
  [[nodiscard]] bool malformed() const { return malformed_; }
  // For packed fields: the next number of a run.
  [[nodiscard]] std::optional<std::uint64_t> varint();
  [[nodiscard]] std::optional<std::uint64_t> fixed(std::size_t bytes);
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  bool fail() {
    malformed_ = true;
    return false;
  }
  bool read_value(WireField& out);
  bool skip_group(std::uint32_t field);

  std::string_view rest_;
  bool malformed_ = false;
};

}  // namespace ashlar::grpc::detail
