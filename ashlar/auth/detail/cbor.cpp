// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/cbor.hpp"

#include "ashlar/core/encoding.hpp"

#include <cbor.h>

#include <limits>

namespace ashlar::auth::detail {
namespace {

using Kind = CborItem::Kind;

// What libcbor's callbacks say about one item.
struct Head {
  CborItem item;
  std::uint64_t argument = 0;  // of the head: a value or a length
  bool is_refused = false;     // an indefinite length, a tag, an integer beyond 64 bits
  bool has_argument = true;
};

Head& head_of(void* context) { return *static_cast<Head*>(context); }

void set(void* context, Kind kind, std::uint64_t argument) {
  Head& head = head_of(context);
  head.item.kind = kind;
  head.argument = argument;
}

template <class T>
void on_unsigned(void* context, T value) {
  set(context, Kind::integer, value);
  if (std::uint64_t{value} > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    head_of(context).is_refused = true;
    return;
  }
  head_of(context).item.integer = static_cast<std::int64_t>(value);
}

// RFC 8949 section 3.1: the value is -1 - argument.
template <class T>
void on_negative(void* context, T argument) {
  on_unsigned(context, argument);
  if (!head_of(context).is_refused) head_of(context).item.integer = -1 - head_of(context).item.integer;
}

template <Kind kind>
void on_string(void* context, cbor_data data, std::size_t size) {
  set(context, kind, size);
  head_of(context).item.content = {reinterpret_cast<const char*>(data), size};
}

template <Kind kind>
void on_collection(void* context, std::size_t size) {
  set(context, kind, size);
  head_of(context).item.size = size;
}

void on_refused(void* context) { head_of(context).is_refused = true; }
void on_tag(void* context, std::uint64_t) { on_refused(context); }
void on_other(void* context) { head_of(context).has_argument = false; }
void on_float(void* context, float) { on_other(context); }
void on_double(void* context, double) { on_other(context); }
void on_boolean(void* context, bool value) {
  on_other(context);
  head_of(context).item = {.kind = Kind::boolean, .integer = value ? 1 : 0};
}

constexpr cbor_callbacks callbacks = {
    .uint8 = &on_unsigned<std::uint8_t>,
    .uint16 = &on_unsigned<std::uint16_t>,
    .uint32 = &on_unsigned<std::uint32_t>,
    .uint64 = &on_unsigned<std::uint64_t>,
    .negint64 = &on_negative<std::uint64_t>,
    .negint32 = &on_negative<std::uint32_t>,
    .negint16 = &on_negative<std::uint16_t>,
    .negint8 = &on_negative<std::uint8_t>,
    .byte_string_start = &on_refused,
    .byte_string = &on_string<Kind::bytes>,
    .string = &on_string<Kind::text>,
    .string_start = &on_refused,
    .indef_array_start = &on_refused,
    .array_start = &on_collection<Kind::array>,
    .indef_map_start = &on_refused,
    .map_start = &on_collection<Kind::map>,
    .tag = &on_tag,
    .float2 = &on_float,
    .float4 = &on_float,
    .float8 = &on_double,
    .undefined = &on_other,
    .null = &on_other,
    .boolean = &on_boolean,
    .indef_break = &on_refused,
};

// RFC 8949 section 4.2.1: the shortest form of a head's argument.
std::size_t shortest_head(std::uint64_t argument) {
  if (argument < 24) return 1;
  if (argument <= std::numeric_limits<std::uint8_t>::max()) return 2;
  if (argument <= std::numeric_limits<std::uint16_t>::max()) return 3;
  return argument <= std::numeric_limits<std::uint32_t>::max() ? 5 : 9;
}

}  // namespace

std::optional<CborItem> CborReader::next() {
  const std::string_view rest = bytes_.substr(position_);
  Head head;
  const cbor_decoder_result read =
      cbor_stream_decode(reinterpret_cast<cbor_data>(rest.data()), rest.size(), &callbacks, &head);
  if (read.status != CBOR_DECODER_FINISHED || head.is_refused || read.read > rest.size()) return std::nullopt;
  const CborItem& item = head.item;
  if (head.has_argument && read.read - item.content.size() != shortest_head(head.argument)) return std::nullopt;
  if (item.kind == Kind::text && !is_utf8(item.content)) return std::nullopt;
  const std::size_t left = rest.size() - read.read;
  if (item.size > (item.kind == Kind::map ? left / 2 : left)) return std::nullopt;  // an item has at least one byte
  position_ += read.read;
  return item;
}

bool CborReader::skip(const CborItem& item) { return skip(item, 0); }

bool CborReader::skip(const CborItem& item, std::size_t depth) {
  if (item.kind != Kind::array && item.kind != Kind::map) return true;
  if (depth == depth_max) return false;
  const std::size_t count = item.kind == Kind::map ? item.size * 2 : item.size;
  for (std::size_t i = 0; i < count; ++i) {
    const auto inner = next();
    if (!inner || !skip(*inner, depth + 1)) return false;
  }
  return true;
}

}  // namespace ashlar::auth::detail
