// SPDX-License-Identifier: Apache-2.0
#include "backend/realtime/operator_feed.hpp"

#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/realtime/protocol.hpp"
#include "ashlar/schema/json.hpp"
#include "backend/audit/audit_entry_repository.hpp"
#include "backend/realtime/realtime_channels.hpp"

#include <utility>
#include <vector>

namespace ashlar::backend {

namespace {

struct Queues {
  std::vector<jobs::QueueView> queues;
};
ASHLAR_DESCRIBE(Queues, queues)

Result<> publish(realtime::Hub& hub, std::string_view topic, std::string_view event, std::string json, Timestamp at) {
  const auto published = hub.publish(topic, [&](std::string_view channel, const realtime::Position& position) {
    return realtime::protocol::write(realtime::protocol::Event{.channel = std::string(channel),
                                                               .position = position,
                                                               .event = std::string(event),
                                                               .data = JsonObject::trusted(std::move(json)),
                                                               .at = at});
  });
  if (!published) return std::unexpected(published.error());
  return {};
}

}  // namespace

struct OperatorFeed::OnLoop {
  explicit OnLoop(boost::asio::io_context& the_loop) : loop(the_loop), tasks(the_loop) {}
  boost::asio::io_context& loop;
  async::TaskScope tasks;
};

OperatorFeed::OperatorFeed(Services services, OperatorFeedOptions options) : services_(services), options_(options) {}

OperatorFeed::~OperatorFeed() = default;

void OperatorFeed::start(boost::asio::io_context& loop, realtime::Hub& hub) {
  on_loop_ = std::make_unique<OnLoop>(loop);
  on_loop_->tasks.start(run(hub));
}

void OperatorFeed::close() {
  if (!on_loop_) return;
  on_loop_->tasks.cancel();
  async::run_to_end(on_loop_->loop, on_loop_->tasks.join());
  on_loop_.reset();
}

Task<> OperatorFeed::run(realtime::Hub& hub) {
  while (true) {
    const auto looked = co_await async::caught(look(hub));
    if (!looked && !failing_)
      services_.logger.warn("the channels of operators cannot be filled",
                            {{"error", looked.error().code().name}, {"cause", looked.error().cause()}});
    failing_ = !looked;
    co_await async::sleep_for(options_.interval);
  }
}

Task<Result<>> OperatorFeed::look(realtime::Hub& hub) {
  if (hub.is_followed(admin_audit_channel)) {
    co_await unwrap(publish_entries(hub));
  } else {
    position_.reset();
  }
  if (hub.is_followed(admin_jobs_channel)) {
    co_await unwrap(publish_queues(hub));
  } else {
    queues_.clear();
  }
  co_return Result<>{};
}

// Address and agent are personal: they stay in the database, where they can be erased.
Task<Result<>> OperatorFeed::publish_entries(realtime::Hub& hub) {
  AuditEntryRepository entries(services_.database);
  if (!position_) position_ = co_await unwrap(entries.last_position());
  for (bool more = true; more;) {
    auto rows = co_await unwrap(entries.index_after(*position_, options_.entries_per_read));
    if (rows.empty()) break;
    const std::int64_t last = rows.back().position;
    more = std::cmp_equal(rows.size(), options_.entries_per_read);
    for (AuditEntry& entry : co_await unwrap(entries.of(std::move(rows)))) {
      entry.address = {};
      entry.agent = {};
      const Timestamp at = entry.at;
      co_await unwrap(publish(hub, admin_audit_channel, "audit.entry", schema::to_json(entry), at));
    }
    position_ = last;
  }
  co_return Result<>{};
}

Task<Result<>> OperatorFeed::publish_queues(realtime::Hub& hub) {
  const Queues queues{.queues = co_await unwrap(services_.jobs.queues())};
  std::string json = schema::to_json(queues);
  if (json == queues_) co_return Result<>{};
  queues_ = json;
  co_await unwrap(publish(hub, admin_jobs_channel, "job.queues", std::move(json), services_.clock.now()));
  co_return Result<>{};
}

}  // namespace ashlar::backend
