// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/doorbell.hpp"

#include "ashlar/redis/clients.hpp"
#include "ashlar/sql/postgres/subscriber.hpp"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace ashlar::jobs {

namespace {

constexpr const char* channel = "ashlar_jobs";

class PostgresDoorbell final : public Doorbell {
 public:
  PostgresDoorbell(sql::Database& database, std::string listen_url)
      : database_(database), listen_url_(std::move(listen_url)) {}

  Task<> receive() override {
    const LoopExecutor loop = co_await boost::asio::this_coro::executor;
    sql::postgres::Subscriber subscriber(
        loop.context(), {.url = listen_url_}, {channel},
        {.on_message = [this](std::string_view, std::string_view) { heard(); }, .on_subscribed = [this] { heard(); }});
    co_await subscriber.run();
  }

 protected:
  // A failure delays jobs until the next poll.
  Task<> send() override { (void)co_await sql::postgres::notify(database_, channel, ""); }

 private:
  sql::Database& database_;
  const std::string listen_url_;
};

class RedisDoorbell final : public Doorbell {
 public:
  RedisDoorbell(redis::Clients& clients, const std::string& key_prefix)
      : clients_(clients), channel_(key_prefix + "jobs") {
    clients.subscribe(channel_, {.on_message = [this](std::string_view, std::string_view) { heard(); },
                                 .on_subscribed = [this] { heard(); }});
  }

 protected:
  Task<> send() override { (void)co_await clients_.command({"PUBLISH", channel_, ""}); }

 private:
  redis::Clients& clients_;
  const std::string channel_;
};

}  // namespace

Task<> Doorbell::ring() {
  heard();
  {
    const std::scoped_lock lock(mutex_);
    if (sending_ != Sending::idle) {
      sending_ = Sending::again;
      co_return;
    }
    sending_ = Sending::sending;
  }
  // A message that throws, or a caller that is cancelled, must not keep all later rings from being sent.
  struct Turn {
    Doorbell& bell;
    bool over = false;
    ~Turn() {
      if (over) return;
      const std::scoped_lock lock(bell.mutex_);
      bell.sending_ = Sending::idle;
    }
  } turn{*this};
  // While others ring without a pause, every worker is awake: a caller does not send for them forever.
  constexpr int sends_max = 3;
  for (int sent = 1;; ++sent) {
    co_await send();
    const std::scoped_lock lock(mutex_);
    if (sending_ == Sending::sending || sent == sends_max) {
      sending_ = Sending::idle;
      turn.over = true;
      co_return;
    }
    sending_ = Sending::sending;
  }
}

void Doorbell::listen(Listener listener) {
  const std::scoped_lock lock(mutex_);
  listener_ = std::move(listener);
}

void Doorbell::heard() const {
  const std::scoped_lock lock(mutex_);
  if (listener_) listener_();
}

Task<> Doorbell::receive() { co_return; }
Task<> Doorbell::send() { co_return; }

std::unique_ptr<Doorbell> postgres_doorbell(sql::Database& database, std::string listen_url) {
  return std::make_unique<PostgresDoorbell>(database, std::move(listen_url));
}

std::unique_ptr<Doorbell> redis_doorbell(redis::Clients& clients, const std::string& key_prefix) {
  return std::make_unique<RedisDoorbell>(clients, key_prefix);
}

}  // namespace ashlar::jobs
