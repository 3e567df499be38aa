// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/detail/framing.hpp"

#include "ashlar/core/base64.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/grpc/status.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace ashlar::grpc::detail {

namespace {

constexpr int gzip_window_bits = 15 + 16;  // zlib's way to ask for gzip
constexpr int gzip_level = 1;
constexpr int memory_level = 8;
constexpr std::size_t timeout_digits_max = 8;
constexpr std::size_t timeout_ms_digits_max = 10;

Bytef* bytes_of(std::string_view text) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));  // zlib does not write to its input
}

Error too_large(std::size_t bytes_max) {
  return {errors::message_too_large, "A message has at most " + std::to_string(bytes_max) + " bytes."};
}

struct Inflation {
  z_stream z{};
  Inflation() {
    if (inflateInit2(&z, gzip_window_bits) != Z_OK) throw std::bad_alloc();
  }
  ~Inflation() { inflateEnd(&z); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;
};

bool has_only_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void append_frame(std::uint8_t flags, std::string_view message, std::string& out) {
  out += static_cast<char>(flags);
  const auto size = static_cast<std::uint32_t>(message.size());
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(static_cast<unsigned char>(size >> shift));
  out += message;
}

Result<std::optional<Frame>> take_frame(std::string_view& bytes, std::size_t message_bytes_max) {
  if (bytes.size() < frame_head_bytes) return std::optional<Frame>{};
  std::size_t size = 0;
  for (std::size_t i = 1; i < frame_head_bytes; ++i) size = size << 8U | static_cast<unsigned char>(bytes[i]);
  if (size > message_bytes_max) return std::unexpected(too_large(message_bytes_max));
  if (bytes.size() - frame_head_bytes < size) return std::optional<Frame>{};
  const Frame out{.flags = static_cast<std::uint8_t>(bytes.front()), .message = bytes.substr(frame_head_bytes, size)};
  bytes.remove_prefix(frame_head_bytes + size);
  return out;
}

Result<Frame> only_frame(std::string_view body, std::size_t message_bytes_max) {
  if (body.empty()) return fail(errors::wrong_cardinality, "The method takes one message, and there is none.");
  const auto frame = take_frame(body, message_bytes_max);
  if (!frame) return std::unexpected(frame.error());
  if (!*frame) return fail(errors::malformed_frame, "The message is cut off.");
  if ((*frame)->flags > compressed_flag) return fail(errors::malformed_frame, "The message has unknown flags.");
  if (!body.empty()) return fail(errors::wrong_cardinality, "The method takes one message, and there are more.");
  return **frame;
}

std::string gzip(std::string_view bytes) {
  z_stream z{};
  if (deflateInit2(&z, gzip_level, Z_DEFLATED, gzip_window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out(deflateBound(&z, bytes.size()), '\0');
  z.next_in = bytes_of(bytes);
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  (void)::deflate(&z, Z_FINISH);  // deflateBound() is enough for it to finish at once
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
  Inflation inflation;
  z_stream& z = inflation.z;
  z.next_in = bytes_of(bytes);
  z.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 16 * 1024> piece;
  while (true) {
    z.next_out = reinterpret_cast<Bytef*>(piece.data());
    z.avail_out = piece.size();
    const int done = ::inflate(&z, Z_NO_FLUSH);
    if (done != Z_OK && done != Z_STREAM_END) return fail(errors::malformed_frame, "The message is no gzip.");
    const std::size_t made = piece.size() - z.avail_out;
    if (made > bytes_max - out.size()) return std::unexpected(too_large(bytes_max));
    out.append(piece.data(), made);
    if (done == Z_STREAM_END) break;
  }
  if (z.avail_in > 0) return fail(errors::malformed_frame, "Bytes follow the gzip.");
  return out;
}

std::optional<std::chrono::milliseconds> parse_timeout(std::string_view text) {
  if (text.size() < 2 || text.size() > timeout_digits_max + 1) return std::nullopt;
  const std::string_view digits = text.substr(0, text.size() - 1);
  if (!has_only_digits(digits)) return std::nullopt;
  const std::int64_t count = parse_integer<std::int64_t>(digits).value_or(0);
  using namespace std::chrono;
  switch (text.back()) {
    case 'H':
      return hours(count);
    case 'M':
      return minutes(count);
    case 'S':
      return seconds(count);
    case 'm':
      return milliseconds(count);
    case 'u':
      return ceil<milliseconds>(microseconds(count));
    case 'n':
      return ceil<milliseconds>(nanoseconds(count));
    default:
      return std::nullopt;
  }
}

std::optional<std::chrono::milliseconds> parse_timeout_ms(std::string_view text) {
  if (text.empty() || text.size() > timeout_ms_digits_max || !has_only_digits(text)) return std::nullopt;
  return std::chrono::milliseconds(parse_integer<std::int64_t>(text).value_or(0));
}

std::optional<std::string> from_base64_texts(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    // A text ends after its padding, which the next one follows.
    std::size_t end = std::min(text.find('='), text.size());
    while (end < text.size() && text[end] == '=') ++end;
    const auto bytes = from_base64(text.substr(0, end));
    if (!bytes) return std::nullopt;
    out += *bytes;
    text.remove_prefix(end);
  }
  return out;
}

bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, std::min(end, list.find(';')));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (ascii_iequals(item, name)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace ashlar::grpc::detail
