// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/event_stream.hpp"

#include "ashlar/async/wakeup.hpp"
#include "ashlar/realtime/detail/loop.hpp"
#include "ashlar/schema/json.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::realtime {

namespace {

using detail::Identity;
using detail::Loop;
using detail::Peer;

constexpr std::chrono::hours forever{1};

// The positions of an id, one for each channel; nullopt of a channel that has none.
std::vector<std::optional<Position>> positions_of(const FollowChannels& in) {
  std::vector<std::optional<Position>> out(in.channel.size());
  if (!in.last_event_id) return out;
  std::string_view rest = in.last_event_id->view();
  for (auto& position : out) {
    const std::string_view text = rest.substr(0, rest.find(','));
    // A text that is no position is of no epoch, so that the client learns that it may have missed something.
    position = Position::parse(text).value_or(Position{});
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
  }
  return out;
}

// One client, from its subscriptions to the end of its response. Destroyed on its loop.
class Follower final : public Peer {
 public:
  Follower(Loop& loop, std::shared_ptr<const Identity> identity, const FollowChannels& in)
      : Peer(loop, std::move(identity)), resume_from_(positions_of(in)) {
    for (const auto& channel : in.channel) {
      if (std::ranges::find(channels_, channel.str()) == channels_.end()) channels_.push_back(channel.str());
    }
    resume_from_.resize(channels_.size());
    positions_.resize(channels_.size());
    wakeup_.open(loop.io);
  }
  ~Follower() override {
    wakeup_.close();
    const auto& principal = identity()->principal;
    if (principal && admitted_) loop().server.release(principal->id);
  }

  Task<Result<>> begin() {
    const auto& principal = identity()->principal;
    admitted_ = !principal || loop().server.admit(principal->id);
    if (!admitted_) co_return fail(errors::too_many_clients, "The account has as many connections as it may.");
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      if (resume_from_[i]) co_await loop().server.wait_for_feed(*resume_from_[i]);
      const std::string topic = co_await unwrap(authorize(channels_[i]));
      auto subscribed = co_await unwrap(subscribe(channels_[i], topic, resume_from_[i]));
      positions_[i] = subscribed.position;
      queue(protocol::write(protocol::Subscribed{
          .id = {}, .channel = channels_[i], .position = subscribed.position, .recovered = subscribed.recovered}));
      for (const auto& event : subscribed.missed) deliver(topic, *event);
    }
    co_return Result<>{};
  }

  Task<Result<>> send_to(api::EventWriter<protocol::ServerMessage>& out) {
    while (true) {
      while (!queue_.empty()) {
        const Queued next = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= next.text.size();
        protocol::ServerMessage message;
        co_await unwrap(schema::read_json(next.text, schema::type_of<protocol::ServerMessage>(), &message));
        co_await unwrap(out.send(message, {.id = next.id, .event = {}, .retry = next.retry}));
      }
      if (ended_) co_return Result<>{};
      co_await wakeup_.wait(std::chrono::milliseconds(forever));
    }
  }

  void deliver(std::string_view topic, const Published& event) override {
    const auto place = std::ranges::find(channels_, channel_of_topic(topic));
    const auto i = static_cast<std::size_t>(place - channels_.begin());
    positions_[i] = event.position;
    queue(std::string(event.message->payload()));
  }
  void deliver_presence(std::string_view /*topic*/, const OutgoingMessage& /*change*/) override {}
  void end(const Error& why) override { finish(protocol::failure({}, why), std::nullopt); }
  void restart(std::chrono::milliseconds delay) override {
    finish(protocol::failure({}, Error(errors::restarting, "The server is restarting.")), delay);
  }
  void unsubscribed(std::string_view channel, const Error& why) override {
    protocol::Failure message = protocol::failure({}, why);
    message.channel = std::string(channel);
    finish(message, std::nullopt);
  }

 private:
  struct Queued {
    std::string text;
    std::string id;
    std::optional<std::chrono::milliseconds> retry;
  };

  // With this message the client has everything up to the positions.
  void queue(std::string text, std::optional<std::chrono::milliseconds> retry = std::nullopt) {
    if (ended_) return;
    std::string id;
    for (const Position& position : positions_) id += (id.empty() ? "" : ",") + position.to_string();
    queued_bytes_ += text.size();
    queue_.push_back({.text = std::move(text), .id = std::move(id), .retry = retry});
    if (queued_bytes_ > loop().server.options.stream_queue_bytes_max) ended_ = true;  // it resumes where it has read
    wakeup_.wake();
  }
  void finish(const protocol::Failure& message, std::optional<std::chrono::milliseconds> retry) {
    unsubscribe_all();
    queue(protocol::write(message), retry);
    ended_ = true;
    wakeup_.wake();
  }

  std::vector<std::string> channels_;
  std::vector<std::optional<Position>> resume_from_;
  std::vector<Position> positions_;  // of the channels, after what is queued
  std::deque<Queued> queue_;
  std::size_t queued_bytes_ = 0;
  bool ended_ = false;
  bool admitted_ = false;
  async::Wakeup wakeup_;
};

Task<Result<>> send_events(api::EventWriter<protocol::ServerMessage>& out, std::shared_ptr<Follower> follower) {
  co_return co_await follower->send_to(out);
}

}  // namespace

Task<Result<api::EventStream<protocol::ServerMessage>>> follow_channels(api::Call& call, FollowChannels in,
                                                                        Server& server) {
  for (const auto& channel : in.channel) {
    if (!server.state().services.channels.find(channel.view()))
      co_return fail(errors::channel_not_found, "There is no such channel.");
  }
  const LoopExecutor executor = co_await boost::asio::this_coro::executor;
  Loop* const loop = server.state().loop_of(executor.context());
  if (loop == nullptr || loop->is_draining()) co_return fail(errors::restarting, "The server is restarting.");
  std::shared_ptr<const auth::Principal> principal;
  if (call.principal() != nullptr) principal = std::make_shared<const auth::Principal>(*call.principal());
  const bool is_key = principal && principal->api_key;
  auto follower = std::make_shared<Follower>(
      *loop,
      std::make_shared<const Identity>(Identity{.principal = std::move(principal),
                                                .api_key = is_key ? std::string(call.presented_token()) : "",
                                                .address = std::string(call.client_address()),
                                                .agent = std::string(call.client_agent())}),
      in);
  co_await unwrap(follower->begin());
  if (const auto refused = follower->refusal()) co_return std::unexpected(*refused);
  co_return api::EventStream<protocol::ServerMessage>::from(send_events, std::move(follower));
}

}  // namespace ashlar::realtime
