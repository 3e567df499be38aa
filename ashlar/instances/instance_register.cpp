// SPDX-License-Identifier: Apache-2.0
#include "ashlar/instances/instance_register.hpp"

#include "ashlar/async/deadline.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace ashlar::instances {

using namespace std::chrono_literals;

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds poll_delay_max = 20ms;
constexpr std::chrono::milliseconds retry_delay = 50ms;

}  // namespace

struct InstanceRegister::Snapshot {
  std::uint64_t number = 0;  // of the read
  std::vector<OtherInstance> others;
};

// Reads of the register: one at a time for all changes of the process, each of which uses one that began after it.
struct InstanceRegister::Reads {
  std::mutex mutex;
  std::uint64_t begun = 0;
  bool running = false;
  std::shared_ptr<const Snapshot> latest;  // null: none
  std::shared_ptr<const Snapshot> asked;   // the latest one that asked the others to look

  std::uint64_t count() {
    const std::scoped_lock lock(mutex);
    return begun;
  }
  // Ends a read, also one that is cancelled.
  struct End {
    Reads& reads;
    ~End() {
      const std::scoped_lock lock(reads.mutex);
      reads.running = false;
    }
  };
};

InstanceRegister::InstanceRegister(sql::Database& database, const Clock& clock, Random& random, log::Logger& logger,
                                   InstanceRegisterOptions options)
    : database_(database),
      logger_(logger),
      options_(options),
      id_(Uuid::make(clock, random)),
      reads_(std::make_unique<Reads>()) {}

InstanceRegister::~InstanceRegister() = default;

Task<Result<std::int64_t>> InstanceRegister::begin_look() {
  if (!is_shared()) co_return std::int64_t{0};
  const auto look = co_await unwrap(begin_look_of_instance(id_, options_.lease.count()).writing().one(database_));
  if (look == 1) co_await unwrap(remove_ended_instances(database_));
  co_return look.value_or(0);
}

Task<Result<>> InstanceRegister::end_look(std::int64_t look) {
  if (is_shared()) co_await unwrap(end_look_of_instance(database_, id_, look));
  co_return Result<>{};
}

Task<Result<>> InstanceRegister::leave() {
  if (is_shared()) co_await unwrap(remove_instance(database_, id_));
  co_return Result<>{};
}

// One whose read began after `begun` were. Null: the database cannot be asked.
Task<std::shared_ptr<const InstanceRegister::Snapshot>> InstanceRegister::snapshot_after(std::uint64_t begun,
                                                                                         Asks asks) {
  auto& newest = asks == Asks::to_look ? reads_->asked : reads_->latest;
  auto snapshot = std::make_shared<Snapshot>();
  while (true) {
    {
      const std::scoped_lock lock(reads_->mutex);
      if (newest && newest->number > begun) co_return newest;
      if (!std::exchange(reads_->running, true)) {
        snapshot->number = ++reads_->begun;
        break;
      }
    }
    co_await async::sleep_for(1ms);
  }
  const auto& statement = asks == Asks::to_look ? ask_other_instances : other_instances;
  const Reads::End end{*reads_};
  auto read = co_await statement(id_).writing().all(database_);
  if (!read) co_return nullptr;
  snapshot->others = std::move(*read);
  const std::scoped_lock lock(reads_->mutex);
  reads_->latest = snapshot;
  if (asks == Asks::to_look) reads_->asked = snapshot;
  co_return snapshot;
}

Task<std::shared_ptr<const InstanceRegister::Snapshot>> InstanceRegister::first_snapshot() {
  const auto until = Steady::now() + options_.lease;
  while (true) {
    auto snapshot = co_await snapshot_after(reads_->count(), Asks::to_look);
    if (snapshot || Steady::now() >= until) co_return snapshot;
    co_await async::sleep_for(retry_delay);
  }
}

Task<> InstanceRegister::wait_until_applied() {
  if (!is_shared()) co_return;
  const auto first = co_await first_snapshot();
  if (!first || first->others.empty()) co_return;
  std::vector<OtherInstance> pending = first->others;
  const std::chrono::milliseconds longest(std::ranges::max(pending, {}, &OtherInstance::lease_ms).lease_ms + 1);
  const auto until = Steady::now() + longest;
  for (auto delay = 1ms; !pending.empty() && Steady::now() < until; delay = std::min(2 * delay, poll_delay_max)) {
    co_await async::sleep_for(delay);
    const auto now = co_await snapshot_after(reads_->count(), Asks::nothing);
    if (!now) continue;
    std::erase_if(pending, [&now](const OtherInstance& before) {
      const auto found = std::ranges::find(now->others, before.id, &OtherInstance::id);
      return found == now->others.end() || found->applied > before.looks;
    });
  }
  for (const OtherInstance& silent : pending)
    logger_.warn("an instance did not apply a change before its lease ended", {{"instance", silent.id.to_string()}});
}

}  // namespace ashlar::instances
