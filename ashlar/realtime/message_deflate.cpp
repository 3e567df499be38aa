// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/message_deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace ashlar::realtime {

namespace {

constexpr int raw_window_bits = -15;  // no zlib header (RFC 7692 section 7.2.1)
constexpr std::string_view flush_end{"\0\0\xFF\xFF", 4};

Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib does not write to its input
}

}  // namespace

struct MessageDeflater::Stream {
  z_stream z{};
};

MessageDeflater::MessageDeflater(DeflateOptions options) : options_(options), stream_(std::make_unique<Stream>()) {
  if (deflateInit2(&stream_->z, options.level, Z_DEFLATED, raw_window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}

MessageDeflater::~MessageDeflater() { deflateEnd(&stream_->z); }

std::optional<std::string> MessageDeflater::deflate(std::string_view message) {
  if (message.size() < options_.compressed_from_bytes) return std::nullopt;
  z_stream& z = stream_->z;
  deflateReset(&z);
  std::string out(message.size(), '\0');  // longer output is useless
  z.next_in = bytes_of(message);
  z.avail_in = static_cast<uInt>(message.size());
  z.next_out = bytes_of(out);
  z.avail_out = static_cast<uInt>(out.size());
  if (::deflate(&z, Z_SYNC_FLUSH) != Z_OK || z.avail_in != 0 || z.avail_out == 0) return std::nullopt;
  out.resize(out.size() - z.avail_out);
  if (!out.ends_with(flush_end)) return std::nullopt;
  out.resize(out.size() - flush_end.size());
  out.shrink_to_fit();
  return out;
}

struct MessageInflater::Stream {
  z_stream z{};
};

MessageInflater::MessageInflater() : stream_(std::make_unique<Stream>()) {
  if (inflateInit2(&stream_->z, raw_window_bits) != Z_OK) throw std::bad_alloc();
}

MessageInflater::~MessageInflater() { inflateEnd(&stream_->z); }

MessageInflater::Outcome MessageInflater::inflate(std::string_view payload, std::size_t bytes_max, std::string& out) {
  z_stream& z = stream_->z;
  inflateReset(&z);
  out.clear();
  std::array<char, 16 * 1024> piece;
  for (const std::string_view input : {payload, flush_end}) {
    z.next_in = bytes_of(input);
    z.avail_in = static_cast<uInt>(input.size());
    do {
      z.next_out = reinterpret_cast<Bytef*>(piece.data());
      z.avail_out = piece.size();
      const int done = ::inflate(&z, Z_SYNC_FLUSH);
      // Z_BUF_ERROR: there was nothing to do. Z_STREAM_END: a final block, after which the message may go on in a new
      // stream (RFC 7692 section 7.2.3.5).
      if (done != Z_OK && done != Z_BUF_ERROR && done != Z_STREAM_END) return Outcome::malformed;
      const std::size_t made = piece.size() - z.avail_out;
      if (made > bytes_max - out.size()) return Outcome::too_big;
      out.append(piece.data(), made);
      if (done == Z_STREAM_END) {
        if (inflateReset(&z) != Z_OK) return Outcome::malformed;
      } else if (done == Z_BUF_ERROR) {
        break;
      }
    } while (z.avail_in > 0 || z.avail_out == 0);
  }
  // zlib's flag for "directly after the end of a block": a message that was cut short ends elsewhere.
  return (z.data_type & 128) != 0 ? Outcome::inflated : Outcome::malformed;
}

}  // namespace ashlar::realtime
