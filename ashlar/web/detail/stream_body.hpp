// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/stream.hpp"
#include "ashlar/http/message.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace ashlar::log {
class Logger;
}

namespace ashlar::web::detail {

// Receives the report of a stream that was aborted.
struct StreamLog {
  log::Logger* logger;
  std::string request_id;
};

// The body of a response written by a producer of items: the producer runs concurrently with the sender, so that an
// idle one still sends heartbeats, and waits for a slow reader. Lives on one loop, in the response's BodyProducer; no
// task remains when send_to() has ended.
class StreamBody final : public api::ItemSink {
 public:
  enum class Format : std::uint8_t { events, rows };

  StreamBody(Format format, api::ItemProducer produce, const api::StreamOptions& options, StreamLog log);

  Task<Result<>> send_to(http::BodyWriter& out);

  void add(const schema::Type& type, const void* value, const api::EventFields& fields) override;
  Task<Result<>> ready() override;

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;
  Task<> run_producer();
  Task<Result<>> send_pieces(http::BodyWriter& out);
  Task<> wait_for_more();
  [[nodiscard]] Result<> outcome();

  Format format_;
  api::ItemProducer produce_;
  api::StreamOptions options_;
  StreamLog log_;

  std::string pending_;
  std::string sending_;
  bool begun_ = false;  // rows: after the bracket
  bool ended_ = false;  // the producer
  bool gone_ = false;   // the client has disconnected
  std::optional<Result<>> produced_;
  std::exception_ptr thrown_;
  std::optional<Timer> more_;     // the sender waits here
  std::optional<Timer> drained_;  // the producer waits here
};

[[nodiscard]] http::BodyProducer make_stream_body(StreamBody::Format format, api::ItemProducer produce,
                                                  const api::StreamOptions& options, StreamLog log);

}  // namespace ashlar::web::detail
