// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/content_coding.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Bodies in a content coding: gzip (RFC 1952), brotli (RFC 7932), zstd (RFC 8878). No I/O.
namespace ashlar::http {

// Higher is smaller and slower.
struct CompressionLevels {
  int gzip = 6;    // 1 to 9
  int brotli = 4;  // 0 to 11; past 6 only for what is compressed once
  int zstd = 3;    // 1 to 19
};

// Encodes one body at a time, in pieces. For one thread at a time. What it keeps in memory, whatever the body's size:
// 270 KiB for gzip, at most 2 MiB for brotli and zstd at the levels above (windows of 256 KiB).
class Encoder {
 public:
  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  virtual ~Encoder() = default;

  // Appends to `out` what comes of `bytes`; most of it stays inside until there is enough, until `flush` (then all
  // that was put in can be decoded) or until `finish`, which ends the body and readies the encoder for another one.
  enum class Until : std::uint8_t { enough, flush, finish };
  virtual void encode(std::string_view bytes, Until until, std::string& out) = 0;
  // Forgets a body that was not finished.
  virtual void reset() = 0;
};

// `coding` is not identity. Throws std::invalid_argument for a level out of its range, std::bad_alloc.
[[nodiscard]] std::unique_ptr<Encoder> make_encoder(ContentCoding coding, const CompressionLevels& levels);

// Encoders for many responses at once, kept for the next one. Any thread may take one; a short lock each time.
// Outlives what it lends.
class EncoderPool {
 public:
  struct Options {
    CompressionLevels levels{};
    std::size_t encoders_max = 128;      // lent at the same time; past that, bodies go out as they are
    std::size_t encoders_kept_max = 16;  // idle ones, of all codings together
  };
  explicit EncoderPool(Options options);  // throws std::invalid_argument for a level out of its range
  ~EncoderPool();
  EncoderPool(const EncoderPool&) = delete;
  EncoderPool& operator=(const EncoderPool&) = delete;

  // Gives its encoder back when it is destroyed.
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
  // nullopt: encoders_max are lent.
  [[nodiscard]] std::optional<Lease> take(ContentCoding coding);

 private:
  void give_back(ContentCoding coding, std::unique_ptr<Encoder> encoder);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::http
