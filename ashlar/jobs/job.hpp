// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/schema/type.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Background jobs. A job is a described struct with a name; its handler is an operation:
//
//   struct SendReceipt {
//     static constexpr std::string_view job_name = "send-receipt";
//     Uuid order_id;
//   };
//   ASHLAR_DESCRIBE(SendReceipt, order_id)
//
//   Task<Result<>> send_receipt(jobs::JobCall& call, SendReceipt in, Orders& orders, mail::Mailer& mailer);
//
//   table.add<SendReceipt>(send_receipt, orders, mailer).queue("mail").attempts(10).timeout(30s);   // table.hpp
//   enqueuer.enqueue(unit, SendReceipt{order.id}, {.group = order.id.to_string()});                 // enqueuer.hpp
//   worker.start(loops);                                                                            // worker.hpp
//
// A job is committed with the unit of work that enqueues it, or not at all. It runs at least once. What it writes in a
// step (call.hpp) happens exactly once. docs/guide/jobs.md is the guide; docs/design/jobs.md says how it works.
namespace ashlar::jobs {

namespace errors {
inline constexpr ErrorCode job_not_found{ErrorKind::not_found, "job.not_found"};
inline constexpr ErrorCode queue_not_found{ErrorKind::not_found, "job.queue_not_found"};
inline constexpr ErrorCode wrong_status{ErrorKind::conflict, "job.wrong_status"};  // its status forbids the action
inline constexpr ErrorCode unknown_kind{ErrorKind::internal, "job.unknown_kind"};  // no line of the table has its name
inline constexpr ErrorCode unreadable{ErrorKind::invalid, "job.unreadable"};       // its arguments no longer parse
inline constexpr ErrorCode unknown_step{ErrorKind::internal, "job.unknown_step"};  // a stored step is not declared
inline constexpr ErrorCode cancelled{ErrorKind::conflict, "job.cancelled"};
inline constexpr ErrorCode predecessor_cancelled{ErrorKind::conflict, "job.predecessor_cancelled"};
inline constexpr ErrorCode expired{ErrorKind::timed_out, "job.expired"};            // not_after passed before it began
inline constexpr ErrorCode superseded{ErrorKind::conflict, "job.superseded"};       // another attempt owns the job now
inline constexpr ErrorCode worker_lost{ErrorKind::unavailable, "job.worker_lost"};  // its worker stopped responding
}  // namespace errors

// A job's arguments. The name identifies the handler in the database: lower-case letters, digits and hyphens, at most
// 64. It never changes while jobs of the kind exist. New members must be optional, since older jobs lack them.
template <class T>
concept Job = schema::DescribedStruct<T> && requires {
  { T::job_name } -> std::convertible_to<std::string_view>;
};

// waiting: its turn has not come: due, or held by its group, its predecessor or its batch. scheduled: its time has not
// come. failed: an attempt failed and another follows. dead: no attempt follows; the error says why, and retry() starts
// it again. done, cancelled and dead jobs are history and are pruned after a while.
enum class Status : std::uint8_t { waiting, scheduled, running, failed, done, cancelled, dead };
ASHLAR_DESCRIBE_ENUM(Status, waiting, scheduled, running, failed, done, cancelled, dead)
[[nodiscard]] constexpr std::string_view to_string(Status status) {
  constexpr std::string_view names[] = {"waiting", "scheduled", "running", "failed", "done", "cancelled", "dead"};
  return names[static_cast<std::size_t>(status)];
}

// Of one job. What is not set is as the kind's line in the table says.
struct EnqueueOptions {
  std::optional<Timestamp> run_at{};     // not before this time
  std::chrono::milliseconds delay{0};    // or not before this long after the call's time
  std::optional<int> priority{};         // 0 to 9, lower first, then in the order of enqueueing; default 5
  std::string queue{};                   // 1 to 64 of a-z 0-9 -
  std::optional<int> attempts_max{};     // 1 to 1,000
  std::optional<Timestamp> not_after{};  // a job that has not begun by then is dead with job.expired

  // Jobs of one queue with the same group run in the order of their enqueueing, one at a time on all instances (or as
  // many as KindBuilder::group_concurrency says). A job that waits for its time or for its next attempt keeps its
  // place: the next ones wait for it. A dead or cancelled job gives its place up. At most 255 bytes; empty: no group.
  std::string group{};

  // While a job with this key is neither done, dead nor cancelled, and for `unique_for` after its enqueueing,
  // enqueueing another one has no effect. Keys are per kind. At most 255 bytes; empty: not unique.
  std::string unique_key{};
  std::chrono::seconds unique_for{0};

  // A chain: begins once that job is done. If it is cancelled, this one is cancelled as well; if it is dead, this one
  // waits until it is retried or cancelled.
  std::optional<Uuid> after{};
  // A batch: any id (call.new_id()). A job with after_batch begins once no job of that batch is unfinished, whatever
  // became of them; JobAdmin::batch() counts. Members may add members. A batch without members has ended.
  std::optional<Uuid> batch{};
  std::optional<Uuid> after_batch{};
};

}  // namespace ashlar::jobs
