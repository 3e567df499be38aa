// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/realtime/outgoing_message.hpp"
#include "ashlar/realtime/websocket_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::async {
class TaskScope;
}

namespace ashlar::realtime {

class Sockets;

enum class Compression : std::uint8_t { none, deflate };

// Why a socket ended.
enum class Ending : std::uint8_t {
  open,           // it has not
  by_client,      // the client sent a close frame
  by_server,      // close(), or the user returned
  protocol,       // the client broke RFC 6455 or a limit of MessageLimits: 1002, 1007, 1008 or 1009
  slow,           // more waits for the client than SocketOptions allows: 1013 with the reason "slow_consumer"
  no_pong,        // the client sent nothing after a ping: the connection ends without a close frame
  close_timeout,  // the close handshake exceeded SocketOptions::close_time_max
  disconnected,   // the connection ended without a close frame
  cancelled,      // the server closed the connection
  failed,         // the user threw: 1011
};

struct SocketStatistics {
  std::uint64_t messages_received = 0, bytes_received = 0;  // bytes with their frames
  std::uint64_t messages_sent = 0, bytes_sent = 0;          // passed to the connection
  std::uint64_t messages_dropped = 0;                       // that were queued when the socket ended
  std::uint64_t pings_sent = 0;
};

// The server's side of a WebSocket (RFC 6455) on a tunnel: HTTP/1.1 after 101 or a stream of HTTP/2, by the same code.
// Sockets::serve() creates it, passes it to its user and destroys it when the user has returned and the close handshake
// is over. Everything happens on its loop.
//
// One task receives: `while (const auto message = co_await socket.receive()) ...`. The next message is read when
// receive() is called again, so a slow user slows the client. Pings are answered, and pongs and close frames are
// noticed, within receive() alone.
//
// Any code of the loop sends: a message is queued, and one task writes the queue. Messages that were sent in the same
// turn of the loop leave in one write, in their order.
class Socket {
 public:
  Socket(Sockets& sockets, http::Tunnel& tunnel, Compression compression);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  struct Received {
    OutgoingMessage::Kind kind;
    std::string_view payload;  // valid until the next receive(); text is UTF-8
  };
  // nullopt: the close handshake is over, or the connection has ended; see ending(). When it ended by a time limit, by
  // a failed write or with the server, the user's task is cancelled as well: its next wait throws operation_aborted.
  // Cancelling a receive() ends the socket.
  [[nodiscard]] Task<std::optional<Received>> receive();

  enum class Sent : std::uint8_t {
    queued,
    closed,  // the socket is closing or has ended
    slow,    // the queue is full: the message is dropped, and the socket closes behind the queue (Ending::slow)
  };
  Sent send(std::shared_ptr<const OutgoingMessage> message);
  Sent send(std::string_view text) { return send(OutgoingMessage::text(text)); }

  // Starts the close handshake behind what is queued; receive() returns nullopt once the client has answered. The queue
  // and the answer together have SocketOptions::close_time_max. The first call counts.
  void close(CloseCode code, std::string_view reason);

  [[nodiscard]] bool is_open() const { return state_ == State::open; }
  [[nodiscard]] Ending ending() const { return ending_; }
  // The client's code, when it sent a close frame; no_status otherwise.
  [[nodiscard]] CloseCode client_code() const { return client_code_; }
  [[nodiscard]] std::size_t queued_bytes() const { return queued_bytes_; }
  [[nodiscard]] const SocketStatistics& statistics() const { return statistics_; }

 private:
  friend class Sockets;
  using Message = std::shared_ptr<const OutgoingMessage>;
  enum class State : std::uint8_t {
    open,
    closing,  // a close frame waits or was sent, and the client's is awaited
    over,     // no more is read
  };

  // For Sockets. `use` and `scope` outlive the tasks.
  [[nodiscard]] Task<> run(std::move_only_function<Task<>(Socket&)>& use, async::TaskScope& scope);
  void check_times(Clock::Steady now);
  [[nodiscard]] bool was_reset() const { return reset_; }

  void end(Ending ending);    // the first one is recorded
  void fail(Ending ending);   // without a close handshake
  void abort(Ending ending);  // the same, and ends both tasks where they wait
  void begin_close(CloseCode code, std::string_view reason);

  [[nodiscard]] Task<bool> read_more();
  [[nodiscard]] std::optional<Received> take(const MessageReader::Step& step);

  [[nodiscard]] std::string_view frame_of(const OutgoingMessage& message) const;
  [[nodiscard]] bool has_output() const;
  [[nodiscard]] std::string_view gather(std::string& batch, Message& whole);
  void start_writing();
  [[nodiscard]] Task<> write_queue();
  [[nodiscard]] Task<> write_until_empty();
  void drop_queue();

  Sockets& sockets_;
  http::Tunnel& tunnel_;
  MessageReader reader_;
  const Compression compression_;
  State state_ = State::open;
  Ending ending_ = Ending::open;
  CloseCode client_code_ = CloseCode::no_status;
  bool reset_ = false;
  bool reading_ = false;
  bool writing_ = false;
  async::TaskScope* scope_ = nullptr;
  std::span<char> input_{};  // what the tunnel's last read returned and is not processed

  std::vector<Message> queue_;
  std::size_t next_ = 0;                                    // of queue_, to be written
  std::size_t queued_messages_ = 0, queued_bytes_ = 0;      // including those that are being written
  std::size_t gathered_messages_ = 0, gathered_bytes_ = 0;  // those that are being written
  std::string control_;       // frames of a ping and a pong; only the last ping is answered (RFC 6455 section 5.5.3)
  std::string close_frame_;   // empty: not closing
  bool close_taken_ = false;  // it is being written, or was

  Clock::Steady received_at_;
  std::optional<Clock::Steady> pinged_at_;  // and nothing was received since
  std::optional<Clock::Steady> closing_since_;
  std::size_t index_ = 0;  // in Sockets
  SocketStatistics statistics_;
};

}  // namespace ashlar::realtime
