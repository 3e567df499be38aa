// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/compression.hpp"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cassert>
#include <mutex>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ashlar::http {
namespace {

constexpr std::size_t step_bytes = 16 * 1024;  // the growth of the output
constexpr int window_log = 18;                 // of brotli and zstd: 256 KiB

void check_level(int level, int min, int max, const char* name) {
  if (level < min || level > max) throw std::invalid_argument(std::string("no such compression level of ") + name);
}

// Makes room at the end of `out`, calls `fill` to write there, and removes the unused part.
template <class Fill>
void grow(std::string& out, Fill fill) {
  const std::size_t before = out.size();
  out.resize(before + step_bytes);
  out.resize(before + fill(out.data() + before, step_bytes));
}

class GzipEncoder final : public Encoder {
 public:
  explicit GzipEncoder(int level) {
    constexpr int gzip_format = 16;
    if (deflateInit2(&stream_, level, Z_DEFLATED, MAX_WBITS + gzip_format, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~GzipEncoder() override { deflateEnd(&stream_); }

  void encode(std::string_view bytes, Until until, std::string& out) override {
    constexpr std::array<int, 3> modes{Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH};
    assert(bytes.size() <= UINT32_MAX);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      grow(out, [&](char* room, std::size_t size) {
        stream_.next_out = reinterpret_cast<Bytef*>(room);
        stream_.avail_out = static_cast<uInt>(size);
        if (deflate(&stream_, modes[static_cast<std::size_t>(until)]) == Z_STREAM_ERROR)
          throw std::runtime_error("gzip failed");
        return size - stream_.avail_out;
      });
    } while (stream_.avail_out == 0);
    if (until == Until::finish) reset();
  }
  void reset() override { deflateReset(&stream_); }

 private:
  z_stream stream_{};
};

class BrotliEncoder final : public Encoder {
 public:
  explicit BrotliEncoder(int level) : level_(static_cast<std::uint32_t>(level)) { reset(); }

  void encode(std::string_view bytes, Until until, std::string& out) override {
    constexpr std::array modes{BROTLI_OPERATION_PROCESS, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH};
    std::size_t left = bytes.size();
    const auto* next = reinterpret_cast<const std::uint8_t*>(bytes.data());
    do {
      grow(out, [&](char* room, std::size_t size) {
        std::size_t free = size;
        auto* end = reinterpret_cast<std::uint8_t*>(room);
        if (BrotliEncoderCompressStream(state_.get(), modes[static_cast<std::size_t>(until)], &left, &next, &free, &end,
                                        nullptr) == BROTLI_FALSE)
          throw std::runtime_error("brotli failed");
        return size - free;
      });
    } while (left > 0 || BrotliEncoderHasMoreOutput(state_.get()) == BROTLI_TRUE);
    if (until == Until::finish) reset();
  }
  // Brotli cannot be reset; only its allocation is reused.
  void reset() override {
    state_.reset(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr));
    if (!state_) throw std::bad_alloc();
    BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_QUALITY, level_);
    BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_LGWIN, window_log);
  }

 private:
  struct Destroy {
    void operator()(BrotliEncoderState* state) const { BrotliEncoderDestroyInstance(state); }
  };
  std::uint32_t level_;
  std::unique_ptr<BrotliEncoderState, Destroy> state_;
};

class ZstdEncoder final : public Encoder {
 public:
  explicit ZstdEncoder(int level) : context_(ZSTD_createCCtx()) {
    if (!context_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, window_log);
  }

  void encode(std::string_view bytes, Until until, std::string& out) override {
    constexpr std::array modes{ZSTD_e_continue, ZSTD_e_flush, ZSTD_e_end};
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t left = 0;
    do {
      grow(out, [&](char* room, std::size_t size) {
        ZSTD_outBuffer to{room, size, 0};
        left = ZSTD_compressStream2(context_.get(), &to, &in, modes[static_cast<std::size_t>(until)]);
        if (ZSTD_isError(left) != 0) throw std::runtime_error("zstd failed");
        return to.pos;
      });
    } while (in.pos < in.size || (until != Until::enough && left > 0));
  }
  void reset() override { ZSTD_CCtx_reset(context_.get(), ZSTD_reset_session_only); }

 private:
  struct Destroy {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Destroy> context_;
};

void check_levels(const CompressionLevels& levels) {
  check_level(levels.gzip, 1, 9, "gzip");
  check_level(levels.brotli, 0, 11, "brotli");
  check_level(levels.zstd, 1, 19, "zstd");
}

}  // namespace

std::unique_ptr<Encoder> make_encoder(ContentCoding coding, const CompressionLevels& levels) {
  check_levels(levels);
  switch (coding) {
    case ContentCoding::gzip:
      return std::make_unique<GzipEncoder>(levels.gzip);
    case ContentCoding::brotli:
      return std::make_unique<BrotliEncoder>(levels.brotli);
    case ContentCoding::zstd:
      return std::make_unique<ZstdEncoder>(levels.zstd);
    case ContentCoding::identity:
      break;
  }
  throw std::invalid_argument("identity has no encoder");
}

struct EncoderPool::State {
  Options options;
  std::mutex mutex;
  std::array<std::vector<std::unique_ptr<Encoder>>, content_coding_count> idle;
  std::size_t idle_count = 0;
  std::size_t lent = 0;
};

EncoderPool::EncoderPool(Options options) : state_(new State{.options = options, .mutex = {}, .idle = {}}) {
  check_levels(options.levels);
}
EncoderPool::~EncoderPool() { assert(state_->lent == 0); }

std::optional<EncoderPool::Lease> EncoderPool::take(ContentCoding coding) {
  std::unique_ptr<Encoder> encoder;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->lent >= state_->options.encoders_max) return std::nullopt;
    ++state_->lent;
    auto& idle = state_->idle[static_cast<std::size_t>(coding)];
    if (!idle.empty()) {
      encoder = std::move(idle.back());
      idle.pop_back();
      --state_->idle_count;
    }
  }
  Lease lease(*this, coding, std::move(encoder));  // counted already, in case the next line throws
  if (!lease.encoder_) lease.encoder_ = make_encoder(coding, state_->options.levels);
  return lease;
}

void EncoderPool::give_back(ContentCoding coding, std::unique_ptr<Encoder> encoder) {
  const std::lock_guard lock(state_->mutex);
  --state_->lent;
  if (!encoder || state_->idle_count >= state_->options.encoders_kept_max) return;
  state_->idle[static_cast<std::size_t>(coding)].push_back(std::move(encoder));
  ++state_->idle_count;
}

EncoderPool::Lease::Lease(EncoderPool& pool, ContentCoding coding, std::unique_ptr<Encoder> encoder)
    : pool_(&pool), coding_(coding), encoder_(std::move(encoder)) {}
EncoderPool::Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), coding_(other.coding_), encoder_(std::move(other.encoder_)) {}
EncoderPool::Lease::~Lease() {
  if (pool_ == nullptr) return;
  if (encoder_) encoder_->reset();
  pool_->give_back(coding_, std::move(encoder_));
}

}  // namespace ashlar::http
