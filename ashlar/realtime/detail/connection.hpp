// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/realtime/detail/loop.hpp"
#include "ashlar/realtime/protocol.hpp"
#include "ashlar/realtime/socket.hpp"

#include <memory>
#include <string>

namespace ashlar::realtime::detail {

// A WebSocket of ashlar.v1. It processes one message after the other: a client that sends faster waits.
class Connection final : public Peer {
 public:
  Connection(Loop& loop, std::shared_ptr<const Identity> identity, Socket& socket);

  // Until the socket ends.
  [[nodiscard]] Task<> run();

  void deliver(std::string_view topic, const Published& event) override;
  void deliver_presence(std::string_view topic, const OutgoingMessage& change) override;
  void end(const Error& why) override;
  void restart(std::chrono::milliseconds delay) override;
  void unsubscribed(std::string_view channel, const Error& why) override;

 private:
  [[nodiscard]] Task<> take(protocol::ClientMessage message);
  [[nodiscard]] Task<> act(protocol::Subscribe request);
  [[nodiscard]] Task<> act(protocol::Publish request);
  [[nodiscard]] Task<> act(protocol::CallOperation request);
  void answer(const protocol::ServerMessage& message) { socket_.send(protocol::write(message)); }
  void refuse(const std::string& id, const Error& error) { answer(protocol::failure(id, error)); }
  void be_present(const std::string& id, const std::string& channel, const std::string& topic);

  Socket& socket_;
};

// Runs a socket that gets nothing but a close frame with this code and reason.
[[nodiscard]] Task<> close_at_once(Socket& socket, CloseCode code, std::string reason);

}  // namespace ashlar::realtime::detail
