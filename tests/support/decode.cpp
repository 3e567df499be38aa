// SPDX-License-Identifier: Apache-2.0
#include "tests/support/decode.hpp"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ashlar::test {
namespace {

struct Decoded {
  std::string text;
  bool whole = false;
};

constexpr std::size_t step = 64 * 1024;

Decoded gunzip(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) throw std::runtime_error("no memory for gzip");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  Decoded out;
  std::vector<char> room(step);
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.text.append(room.data(), room.size() - stream.avail_out);
    if (result == Z_STREAM_END) {
      out.whole = stream.avail_in == 0;
      return out;
    }
    if (result != Z_OK && result != Z_BUF_ERROR) throw std::runtime_error("damaged gzip");
    if (stream.avail_out > 0) return out;
  }
}

Decoded unbrotli(std::string_view bytes) {
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
  std::size_t left = bytes.size();
  const auto* next = reinterpret_cast<const std::uint8_t*>(bytes.data());
  Decoded out;
  std::vector<std::uint8_t> room(step);
  while (true) {
    std::size_t free = room.size();
    auto* end = room.data();
    const auto result = BrotliDecoderDecompressStream(state.get(), &left, &next, &free, &end, nullptr);
    out.text.append(reinterpret_cast<const char*>(room.data()), room.size() - free);
    if (result == BROTLI_DECODER_RESULT_ERROR) throw std::runtime_error("damaged brotli");
    if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) continue;
    out.whole = result == BROTLI_DECODER_RESULT_SUCCESS && left == 0;
    return out;
  }
}

Decoded unzstd(std::string_view bytes) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  Decoded out;
  std::vector<char> room(step);
  while (true) {
    ZSTD_outBuffer to{room.data(), room.size(), 0};
    const std::size_t result = ZSTD_decompressStream(context.get(), &to, &in);
    if (ZSTD_isError(result) != 0) throw std::runtime_error("damaged zstd");
    out.text.append(room.data(), to.pos);
    if (result == 0 || to.pos < room.size()) {
      out.whole = result == 0 && in.pos == in.size;
      return out;
    }
  }
}

Decoded decoded(std::string_view coding, std::string_view bytes) {
  if (coding.empty() || coding == "identity") return {std::string(bytes), true};
  if (coding == "gzip") return gunzip(bytes);
  if (coding == "br") return unbrotli(bytes);
  if (coding == "zstd") return unzstd(bytes);
  throw std::runtime_error("the coding " + std::string(coding) + " is not known");
}

}  // namespace

std::string decode(std::string_view coding, std::string_view bytes) {
  Decoded out = decoded(coding, bytes);
  if (!out.whole)
    throw std::runtime_error("a body in " + std::string(coding) + " that is truncated or has trailing bytes");
  return std::move(out.text);
}

std::string decode_begun(std::string_view coding, std::string_view bytes) { return decoded(coding, bytes).text; }

}  // namespace ashlar::test
