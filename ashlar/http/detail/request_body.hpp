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

// The body of the request that a connection is at. One object serves one request after another.
class RequestBody final : public BodyReader {
 public:
  // Before all else. Both outlive the request.
  void use(Wire& wire, ConnectionPermit& permit) {
    wire_ = &wire;
    permit_ = &permit;
  }

  // The input is pinned and begins with the body.
  void begin(const RequestHead& head);
  // Takes what has arrived. true: the handler may run, because the body is here, or Limits::body_bytes_buffered_max of
  // it, or the client waits for 100 Continue; or there is a refusal().
  [[nodiscard]] bool ready();
  // Reads until ready(). false: there is a refusal(), or the connection has ended.
  Task<bool> become_ready();
  // Whether all of it was taken from the input.
  [[nodiscard]] bool finished() const { return ended_; }
  // Why there is no whole body, when the connection has to say so itself.
  [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
  // Whether the client may still be waiting to be asked for it.
  [[nodiscard]] bool awaits_continue() const { return continue_due_; }
  // Once an answer has begun, 100 Continue must not come after it.
  void answer_begins() { continue_due_ = false; }

  // Drops what has arrived; true when that was the rest of it.
  bool skip_arrived();
  // Reads and drops the rest, up to Limits::discarded_body_bytes_max. false: there was more, or it did not come.
  Task<bool> discard();
  // Whether discard() is worth a try.
  [[nodiscard]] bool worth_discarding() const;
  // After the request: gives back memory that an unusual body took.
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

  // The next piece of what has arrived, into piece_.
  Taken take();
  Taken take_chunked();
  // What has arrived, appended to kept_.
  Taken gather(std::size_t bytes_max);
  // Waits for more; the error that read() returns when none comes.
  enum class Room : std::uint8_t { behind_pin, in_place };
  Task<Result<>> arrive(Room room);
  // Whether all of it fits behind its head in the input, where it can be completed without a copy.
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
  bool begun_ = false;         // read() has handed something out
  bool kept_is_next_ = false;  // kept_ was gathered before the first read(), which has not handed it out
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
