// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/content_coding.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Content codings of bodies: gzip (RFC 1952), brotli (RFC 7932), zstd (RFC 8878). No I/O.
namespace ashlar::http {

// Higher levels are smaller and slower.
struct CompressionLevels {
  int gzip = 6;    // 1 to 9
  int brotli = 4;  // 0 to 11; use levels above 6 only for what is compressed once
  int zstd = 3;    // 1 to 19
};

// Encodes one body at a time, piecewise. For one thread at a time. Memory, whatever the body's size: 270 KiB for gzip,
// at most 2 MiB for brotli and zstd at the levels above (windows of 256 KiB).
class Encoder {
 public:
  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  virtual ~Encoder() = default;

  // Appends encoded bytes to `out`. Most output is held back until there is enough of it, until `flush` (then all input
  // so far can be decoded) or until `finish`, which ends the body and prepares the encoder for another one.
  enum class Until : std::uint8_t { enough, flush, finish };
  virtual void encode(std::string_view bytes, Until until, std::string& out) = 0;
  // Discards an unfinished body.
  virtual void reset() = 0;
};

// `coding` must not be identity. Throws std::invalid_argument for a level out of range, std::bad_alloc.
[[nodiscard]] std::unique_ptr<Encoder> make_encoder(ContentCoding coding, const CompressionLevels& levels);

// A pool of encoders for concurrent responses. Safe from any thread; takes a short lock. Outlives the leases.
class EncoderPool {
 public:
  struct Options {
    CompressionLevels levels{};
    std::size_t encoders_max = 128;      // leased at the same time; beyond that, bodies are sent unencoded
    std::size_t encoders_kept_max = 16;  // idle ones, over all codings
  };
  explicit EncoderPool(Options options);  // throws std::invalid_argument for a level out of range
  ~EncoderPool();
  EncoderPool(const EncoderPool&) = delete;
  EncoderPool& operator=(const EncoderPool&) = delete;

  // Returns its encoder to the pool when it is destroyed.
  class Lease {
   public:
    Lease(Lease&&) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Encoder* operator->() const { return encoder_.get(); }

   private:
    friend class EncoderPool;
    Lease(EncoderPool& pool, ContentCoding coding, std::unique_ptr<Encoder> encoder);
    EncoderPool* pool_;
    ContentCoding coding_;
    std::unique_ptr<Encoder> encoder_;
  };
  // nullopt: encoders_max are leased.
  [[nodiscard]] std::optional<Lease> take(ContentCoding coding);

 private:
  void give_back(ContentCoding coding, std::unique_ptr<Encoder> encoder);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::http
