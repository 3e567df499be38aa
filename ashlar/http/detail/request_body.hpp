// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/http1_chunked.hpp"
#include "ashlar/http/detail/http1_request.hpp"
#include "ashlar/http/detail/transfer_pace.hpp"
#include "ashlar/http/detail/wire.hpp"
#include "ashlar/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ashlar::http::detail {

// The body of a connection's current request. One object serves one request after another.
class RequestBody final : public BodyReader {
 public:
  // Called first. Both outlive the request.
  void use(Wire& wire, ConnectionPermit& permit) {
    wire_ = &wire;
    permit_ = &permit;
  }

  // The input is pinned and begins with the body.
  void begin(const RequestHead& head);
  // Consumes what has arrived. true: the handler may run, because the body has arrived, or
  // Limits::body_bytes_buffered_max of it, or the client waits for 100 Continue; or there is a refusal().
  [[nodiscard]] bool ready();
  // Reads until ready(). false: there is a refusal(), or the connection has ended.
  Task<bool> become_ready();
  // Whether all of it was consumed from the input.
  [[nodiscard]] bool finished() const { return ended_; }
  // Why the body is incomplete, when the connection has to send the response itself.
  [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
  // Whether the client may still be waiting for 100 Continue.
  [[nodiscard]] bool awaits_continue() const { return continue_due_; }
  // Once a response has begun, 100 Continue must not follow it.
  void answer_begins() { continue_due_ = false; }

  // Discards what has arrived; true when that was the rest of it.
  bool skip_arrived();
  // Reads and discards the rest, up to Limits::discarded_body_bytes_max. false: there was more, or it did not arrive.
  Task<bool> discard();
  // Whether discard() can succeed.
  [[nodiscard]] bool worth_discarding() const;
  // After the request: releases memory that an unusual body needed.
  void release_memory();

  [[nodiscard]] bool present() const override {
    if (framing_ != BodyFraming::chunked) return framing_ != BodyFraming::none;
    return !ended_ || chunked_.body_bytes() > 0;
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override;
  std::optional<std::string_view> try_whole(std::size_t bytes_max) override;
  Task<Result<std::string_view>> read() override;
  Task<Result<std::string_view>> read_all(std::size_t bytes_max) override;

 private:
  enum class Taken : std::uint8_t { piece, end, need_more, failed };

  // The next received piece, into piece_.
  Taken take();
  Taken take_chunked();
  // Appends what has arrived to kept_.
  Taken gather(std::size_t bytes_max);
  // Waits for more; returns the error for read() when none arrives.
  enum class Room : std::uint8_t { behind_pin, in_place };
  Task<Result<>> arrive(Room room);
  // Whether the complete body fits after its head in the input, so that no copy is needed.
  [[nodiscard]] bool completes_in_place() const;
  [[nodiscard]] std::uint64_t received() const;
  // How long the client may take for the next piece.
  [[nodiscard]] std::chrono::milliseconds wait_time() const;
  [[nodiscard]] bool begin_waiting();
  void end_waiting();
  Task<Result<std::string_view>> read_all_in_place();
  [[nodiscard]] Error refuse(int status, ErrorCode code, const char* message);
  [[nodiscard]] Error failure() const;

  Wire* wire_ = nullptr;
  ConnectionPermit* permit_ = nullptr;
  BodyFraming framing_ = BodyFraming::none;
  bool continue_due_ = false;
  bool ended_ = true;
  bool begun_ = false;         // read() has returned data
  bool kept_is_next_ = false;  // kept_ was gathered before the first read(), which has not returned it
  bool waited_for_ = false;    // counted by permit_
  TransferPace pace_;
  std::uint64_t content_length_ = 0;
  std::uint64_t left_ = 0;  // of content_length_
  ChunkedDecoder chunked_;
  std::string_view piece_;
  std::string kept_;
  std::optional<std::string_view> whole_;
  std::optional<Refusal> refusal_;
};

}  // namespace ashlar::http::detail
