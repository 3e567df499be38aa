// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/outbox_feed.hpp"

#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/events/internal_event.hpp"
#include "ashlar/realtime/channels.hpp"
#include "ashlar/realtime/protocol.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::realtime {

struct OutboxFeed::OnLoop {
  explicit OnLoop(boost::asio::io_context& the_loop) : loop(the_loop), tasks(the_loop) { wakeup.open(the_loop); }
  boost::asio::io_context& loop;
  async::Wakeup wakeup;
  async::TaskScope tasks;
};

OutboxFeed::OutboxFeed(events::Outbox& outbox, log::Logger& logger, TopicsOf topics_of, OutboxFeedOptions options)
    : outbox_(outbox), logger_(logger), topics_of_(std::move(topics_of)), options_(options) {}

OutboxFeed::~OutboxFeed() = default;

Task<Result<std::uint64_t>> OutboxFeed::find_start() {
  const auto extent = co_await unwrap(outbox_.extent());
  const std::int64_t settled = co_await unwrap(outbox_.settled_sequence());
  known_ = std::max({settled - options_.replayed_max, extent.oldest - 1, std::int64_t{0}});
  co_return static_cast<std::uint64_t>(known_);
}

Task<Result<>> OutboxFeed::catch_up(Hub& hub) {
  while (co_await unwrap(read_once(hub))) continue;
  co_return Result<>{};
}

void OutboxFeed::start(boost::asio::io_context& loop, Hub& hub) {
  on_loop_ = std::make_unique<OnLoop>(loop);
  on_loop_->tasks.start(run(hub));
}

void OutboxFeed::close() {
  if (!on_loop_) return;
  on_loop_->tasks.cancel();
  async::run_to_end(on_loop_->loop, on_loop_->tasks.join());
  on_loop_->wakeup.close();
  on_loop_.reset();
}

void OutboxFeed::wake() {
  if (on_loop_) on_loop_->wakeup.wake();
}

// Reading stops below the sequence of a transaction that is open, so that no event appears behind the offset of
// another.
Task<Result<bool>> OutboxFeed::read_once(Hub& hub) {
  const std::int64_t settled = co_await unwrap(outbox_.settled_sequence());
  if (settled <= known_) co_return false;
  const auto events = co_await unwrap(outbox_.list_after(known_, options_.events_per_read));
  for (const events::Event& event : events) {
    const auto offset = static_cast<std::uint64_t>(event.sequence);
    const std::string_view type =
        std::string_view(event.type).substr(events::is_internal(event.type) ? events::internal_prefix.size() : 0);
    hub.publish_at(offset, topics_of_(event), [&](std::string_view topic, const Position& position) {
      return protocol::write(protocol::Event{.channel = std::string(channel_of_topic(topic)),
                                             .position = position,
                                             .event = std::string(type),
                                             .data = event.data,
                                             .at = event.at});
    });
    known_ = event.sequence;
  }
  if (std::cmp_less(events.size(), options_.events_per_read)) {
    known_ = std::max(known_, settled);
    hub.pass(static_cast<std::uint64_t>(known_));
    co_return false;
  }
  co_return true;
}

Task<> OutboxFeed::run(Hub& hub) {
  bool failing = false;
  while (true) {
    const auto more = co_await async::caught(read_once(hub));
    if (!more && !failing)
      logger_.warn("realtime cannot read the outbox",
                   {{"error", more.error().code().name}, {"cause", more.error().cause()}});
    if (more && failing) logger_.info("realtime reads the outbox again");
    failing = !more;
    if (failing) {
      co_await async::sleep_for(options_.retry_delay);
    } else if (!*more) {
      co_await on_loop_->wakeup.wait(options_.poll_interval);
    }
  }
}

}  // namespace ashlar::realtime
