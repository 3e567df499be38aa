// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/http1_request.hpp"
#include "ashlar/http/detail/http1_response.hpp"
#include "ashlar/http/message.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ashlar::http::detail {

class Http2Stream;

// The request body of a stream. Buffers arriving data up to the stream's window; the client may send more after the
// handler has read it.
class Http2RequestBody final : public BodyReader {
 public:
  explicit Http2RequestBody(Http2Stream& stream) : stream_(stream) {}

  enum class Ended : std::uint8_t { no, yes };
  void begin(std::optional<std::uint64_t> content_length, Ended ended, bool expects_continue);
  // Called by the session: a piece, and the end.
  [[nodiscard]] bool arrived(std::string_view piece, std::uint64_t bytes_max);  // false: it was dropped
  void end();
  // Whether the handler may run: the body has ended, or `bytes_max` of it have arrived, or the client waits for 100
  // Continue; or there is a refusal().
  [[nodiscard]] bool ready(std::size_t bytes_max) const;
  // The connection's window was restored for this many of the unread bytes.
  void credit(std::size_t bytes) { credited_ += bytes; }
  void refuse(int status, ErrorCode code, const char* message);

  [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool waits() const { return waits_; }  // a handler waits for a piece
  [[nodiscard]] std::size_t uncredited() const { return arrived_.size() - credited_; }
  [[nodiscard]] std::uint64_t received() const { return bytes_; }
  // Once a response has begun, 100 Continue must not follow it.
  void answer_begins() { continue_due_ = false; }
  void release_memory();
  [[nodiscard]] std::span<char> last_piece() { return piece_; }  // as read() returned it

  [[nodiscard]] bool present() const override { return present_; }
  [[nodiscard]] std::optional<std::uint64_t> length() const override {
    return content_length_ || !ended_ ? content_length_ : bytes_;
  }
  std::optional<std::string_view> try_whole(std::size_t bytes_max) override;
  Task<Result<std::string_view>> read() override;
  Task<Result<std::string_view>> read_all(std::size_t bytes_max) override;

 private:
  Task<Result<>> arrive();
  void take();

  Http2Stream& stream_;
  bool present_ = false;
  bool ended_ = true;
  bool continue_due_ = false;
  bool begun_ = false;  // read() has returned data
  bool waits_ = false;
  std::optional<std::uint64_t> content_length_;
  std::uint64_t bytes_ = 0;   // total bytes received
  std::string arrived_;       // received and not read
  std::size_t credited_ = 0;  // of arrived_
  std::string piece_;         // returned by read()
  std::string kept_;          // returned by read_all()
  std::optional<std::string_view> whole_;
  std::optional<Refusal> refusal_;
};

// The destination of a stream's streamed response body. Data beyond the client's window is buffered up to
// Limits::http2_stream_output_bytes_max; then the producer waits.
class Http2ResponseBody final : public BodyWriter {
 public:
  explicit Http2ResponseBody(Http2Stream& stream) : stream_(stream) {}

  void begin(ResponseFraming framing, std::uint64_t length);
  // After the last write. false: its length was not the announced one.
  [[nodiscard]] bool finish() const { return !broken_ && (framing_ != ResponseFraming::length || left_ == 0); }

  Task<Result<>> write(std::string_view bytes) override;

 private:
  Http2Stream& stream_;
  ResponseFraming framing_ = ResponseFraming::none;
  std::uint64_t left_ = 0;  // of ResponseFraming::length
  bool broken_ = false;
};

// A stream that an extended CONNECT opened (RFC 8441).
class Http2Tunnel final : public Tunnel {
 public:
  explicit Http2Tunnel(Http2Stream& stream) : stream_(stream) {}

  Task<Result<std::span<char>>> read() override;
  Task<Result<>> write(std::string_view bytes) override;

 private:
  Http2Stream& stream_;
};

}  // namespace ashlar::http::detail
