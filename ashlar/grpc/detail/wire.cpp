// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/detail/wire.hpp"

namespace ashlar::grpc::detail {

void append_varint(std::uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out += static_cast<char>(static_cast<unsigned char>(value | 0x80U));
    value >>= 7U;
  }
  out += static_cast<char>(static_cast<unsigned char>(value));
}

void append_tag(std::uint32_t number, WireType type, std::string& out) {
  append_varint((std::uint64_t{number} << 3U) | static_cast<std::uint64_t>(type), out);
}

void append_bytes(std::uint32_t number, std::string_view bytes, std::string& out) {
  append_tag(number, WireType::bytes, out);
  append_varint(bytes.size(), out);
  out += bytes;
}

void append_varint_field(std::uint32_t number, std::uint64_t value, std::string& out) {
  append_tag(number, WireType::varint, out);
  append_varint(value, out);
}

void append_fixed64(std::uint64_t value, std::string& out) {
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(static_cast<unsigned char>(value >> shift));
}

std::optional<std::uint64_t> WireReader::varint() {
  std::uint64_t out = 0;
  for (unsigned i = 0; i < 10; ++i) {
    if (i == rest_.size()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(rest_[i]);
    if (i == 9 && byte > 1) return std::nullopt;  // past 64 bits
    out |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if (byte >= 0x80) continue;
    rest_.remove_prefix(i + 1);
    return out;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> WireReader::fixed(std::size_t bytes) {
  if (rest_.size() < bytes) return std::nullopt;
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < bytes; ++i) out |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
  rest_.remove_prefix(bytes);
  return out;
}

bool WireReader::read_value(WireField& out) {
  std::optional<std::uint64_t> number;
  switch (out.type) {
    case WireType::varint:
    case WireType::bytes:
      number = varint();
      break;
    case WireType::fixed64:
      number = fixed(8);
      break;
    case WireType::fixed32:
      number = fixed(4);
      break;
    default:
      return false;
  }
  if (!number) return false;
  out.number = *number;
  if (out.type != WireType::bytes) return true;
  if (*number > rest_.size()) return false;
  out.bytes = rest_.substr(0, *number);
  rest_.remove_prefix(*number);
  return true;
}

bool WireReader::skip_group(std::uint32_t field) {
  std::uint32_t open[group_depth_max] = {field};
  std::size_t depth = 1;
  while (depth > 0) {
    const auto tag = varint();
    if (!tag || (*tag >> 3U) == 0 || (*tag >> 3U) > field_number_max || (*tag & 7U) > 5) return false;
    WireField inner{.field = static_cast<std::uint32_t>(*tag >> 3U), .type = static_cast<WireType>(*tag & 7U)};
    if (inner.type == WireType::group) {
      if (depth == group_depth_max) return false;
      open[depth++] = inner.field;
    } else if (inner.type == WireType::group_end) {
      if (open[--depth] != inner.field) return false;
    } else if (!read_value(inner)) {
      return false;
    }
  }
  return true;
}

bool WireReader::next(WireField& out) {
  while (!rest_.empty()) {
    const auto tag = varint();
    if (!tag || (*tag >> 3U) == 0 || (*tag >> 3U) > field_number_max) return fail();
    const auto type = static_cast<unsigned>(*tag & 7U);
    out = {.field = static_cast<std::uint32_t>(*tag >> 3U), .type = static_cast<WireType>(type)};
    if (type > 5 || out.type == WireType::group_end) return fail();
    if (out.type == WireType::group) {
      if (!skip_group(out.field)) return fail();
      continue;
    }
    return read_value(out) || fail();
  }
  return false;
}

}  // namespace ashlar::grpc::detail
