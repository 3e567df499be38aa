// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/detail/completions.hpp"

#include "ashlar/async/caught.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ashlar::jobs::detail {

namespace {
constexpr std::chrono::milliseconds idle_wait{60'000};
constexpr std::chrono::milliseconds retry_delay{250};
constexpr std::size_t batches_behind_max = 4;

// The database may take the same statement later.
bool is_unreachable(const Error& error) {
  return error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timed_out;
}
}  // namespace

void Completions::start(boost::asio::io_context& loop, std::function<void()> released) {
  wakeup_.open(loop);
  released_ = std::move(released);
}

void Completions::close() { wakeup_.close(); }

void Completions::add(AttemptEnd end) {
  {
    const std::scoped_lock lock(mutex_);
    ends_.push_back(std::move(end));
  }
  wakeup_.wake();
}

bool Completions::is_behind() const {
  const std::scoped_lock lock(mutex_);
  return ends_.size() > batches_behind_max * batch_max_;
}

std::vector<std::int64_t> Completions::waiting() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::int64_t> out;
  for (const AttemptEnd& end : ends_) out.push_back(end.seq);
  return out;
}

std::vector<AttemptEnd> Completions::first_batch() const {
  const std::scoped_lock lock(mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(ends_.size(), one_by_one_ ? 1 : batch_max_));
  return {ends_.begin(), ends_.begin() + count};
}

void Completions::remove_first(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(count));
}

void Completions::count(const std::vector<AttemptEnd>& batch) {
  for (const AttemptEnd& end : batch) {
    if (end.status == "done") ++counts_.done;
    if (end.status == "failed") ++counts_.failed;
    if (end.status == "dead") ++counts_.dead;
    if (end.status == "cancelled") ++counts_.cancelled;
  }
}

// The database refuses something in the batch: it is written one by one, and what is refused alone loses its texts, and
// then its turn. So one completion holds up no other.
void Completions::set_aside(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  if (count > 1) {
    one_by_one_ = true;
    return;
  }
  AttemptEnd refused = std::move(ends_.front());
  ends_.erase(ends_.begin());
  refused.error = refused.error ? std::optional<std::string>("job.error_unwritable") : std::nullopt;
  refused.result.reset();
  refused.progress_note.reset();
  ends_.push_back(std::move(refused));
}

// False: there was nothing to write.
Task<Result<bool>> Completions::write_batch() {
  if (!unreleased_.empty()) {
    co_await unwrap(store_.release(unreleased_, environment_.clock->now()));
    unreleased_.clear();
    if (released_) released_();
  }
  auto batch = first_batch();
  if (batch.empty()) {
    one_by_one_ = false;
    co_return false;
  }
  // One that is written twice, since its first answer was lost, is left alone the second time.
  auto ended = co_await async::caught(store_.end(batch, environment_.clock->now()));
  if (!ended && !is_unreachable(ended.error())) set_aside(batch.size());
  if (!ended) co_return std::unexpected(std::move(ended.error()));
  remove_first(batch.size());
  count(batch);
  unreleased_ = std::move(*ended);
  co_return true;
}

Task<Result<>> Completions::flush() {
  while (co_await unwrap(write_batch())) {
  }
  co_return Result<>{};
}

Task<> Completions::run() {
  while (true) {
    const auto written = co_await async::caught(flush());
    failures_.note(written, *environment_.logger);
    co_await wakeup_.wait(written ? idle_wait : retry_delay);
  }
}

}  // namespace ashlar::jobs::detail
