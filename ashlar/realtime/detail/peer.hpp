// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/invocation.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/principal.hpp"
#include "ashlar/realtime/channels.hpp"
#include "ashlar/realtime/hub.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::realtime::detail {

class Loop;
class ServerState;

// Who a client is. Immutable; decisions about it may outlive the client's connection.
struct Identity {
  std::shared_ptr<const auth::Principal> principal;  // null: anonymous
  std::string api_key;                               // as presented; empty: it signed in otherwise
  std::string address;
  std::string agent;
};

// The topic that a channel is for the client of this identity. Errors: those of the channel's guard and operation.
[[nodiscard]] Task<Result<std::string>> decide(const ServerState& server, std::shared_ptr<const Identity> identity,
                                               std::string channel, api::Invocation::Limits limits);

// A client that follows channels: a WebSocket or an event stream. Belongs to its loop.
class Peer : public Subscriber {
 public:
  // Throws nothing; see refusal().
  Peer(Loop& loop, std::shared_ptr<const Identity> identity);
  ~Peer() override;

  // Why the client must not continue: its token has expired, its session has ended.
  [[nodiscard]] std::optional<Error> refusal() const;
  // The topic, by an authority that is still current when this returns.
  [[nodiscard]] Task<Result<std::string>> authorize(std::string channel);
  // Replaces an earlier subscription to the channel. The caller sends the answer and what was missed before its next
  // co_await. Error realtime.too_many_channels.
  [[nodiscard]] Result<HubLoop::Subscribed> subscribe(const std::string& channel, const std::string& topic,
                                                      std::optional<Position> after);
  void unsubscribe(std::string_view channel);
  void unsubscribe_all() { following_.clear(); }
  [[nodiscard]] Subscription* subscription(std::string_view channel);
  [[nodiscard]] std::vector<std::string> channels() const;
  [[nodiscard]] std::optional<std::string> topic_of(std::string_view channel) const;

  // The client may not continue, or the server stops. It receives nothing more.
  virtual void end(const Error& why) = 0;
  virtual void restart(std::chrono::milliseconds delay) = 0;
  // The subscription has ended by itself.
  virtual void unsubscribed(std::string_view channel, const Error& why) = 0;

  void lost(std::string_view topic) override;

  [[nodiscard]] const std::shared_ptr<const Identity>& identity() const { return identity_; }
  [[nodiscard]] Loop& loop() const { return loop_; }
  [[nodiscard]] std::uint64_t id() const { return id_; }
  void note_change() { ++changes_; }  // of its authority
  // When one of the account's grants begins or ends next.
  [[nodiscard]] std::optional<Timestamp> check_at() const { return check_at_; }
  void plan_check();

 private:
  struct Following {
    std::string topic;
    Subscription subscription;
  };
  Loop& loop_;
  const std::shared_ptr<const Identity> identity_;
  const std::uint64_t id_;
  std::uint64_t changes_ = 0;
  std::optional<Timestamp> check_at_;
  std::map<std::string, Following, std::less<>> following_;
};

}  // namespace ashlar::realtime::detail
