// SPDX-License-Identifier: Apache-2.0
#include "ashlar/log/detail/thread_buffers.hpp"

#include <algorithm>
#include <atomic>

namespace ashlar::log::detail {
namespace {

struct Held {
  std::uint64_t log;
  std::shared_ptr<ThreadBuffer> buffer;
};

// This thread's last look-up. No destructors, so both can be read even while the thread ends.
constinit thread_local std::uint64_t last_log = 0;
constinit thread_local ThreadBuffer* last_buffer = nullptr;
constinit thread_local bool storage_ended = false;

// The buffers of this thread, one per log.
struct ThreadStorage {
  std::vector<Held> held;

  ~ThreadStorage() {
    for (Held& h : held) {
      const std::scoped_lock lock(h.buffer->mutex);
      h.buffer->thread_ended = true;
    }
    last_log = 0;
    last_buffer = nullptr;
    storage_ended = true;
  }
};
thread_local ThreadStorage storage;

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

ThreadBuffers::ThreadBuffers() : id_(next_id()), late_(std::make_shared<ThreadBuffer>()) { buffers_.push_back(late_); }

ThreadBuffers::~ThreadBuffers() {
  for (const auto& buffer : buffers_) {
    const std::scoped_lock lock(buffer->mutex);
    buffer->log_ended = true;
    buffer->lines.release();
    buffer->taken.release();
  }
}

ThreadBuffer& ThreadBuffers::of_this_thread() { return last_log == id_ ? *last_buffer : find_or_make(); }

ThreadBuffer& ThreadBuffers::find_or_make() {
  if (storage_ended) return *late_;
  std::vector<Held>& held = storage.held;
  auto at = std::ranges::find(held, id_, &Held::log);
  if (at == held.end()) {
    std::erase_if(held, [](const Held& h) {
      const std::scoped_lock lock(h.buffer->mutex);
      return h.buffer->log_ended;
    });
    auto buffer = std::make_shared<ThreadBuffer>();
    {
      const std::scoped_lock lock(mutex_);
      buffers_.push_back(buffer);
    }
    at = held.insert(held.end(), {id_, std::move(buffer)});
  }
  last_buffer = at->buffer.get();
  last_log = id_;
  return *last_buffer;
}

ThreadBuffers::Taken ThreadBuffers::take() {
  Taken out;
  const std::scoped_lock registry(mutex_);
  std::erase_if(buffers_, [&out](const std::shared_ptr<ThreadBuffer>& buffer) {
    const std::scoped_lock lock(buffer->mutex);
    if (buffer->lines.size() > 0) {
      buffer->lines.swap(buffer->taken);
      out.buffers.push_back(buffer);
    }
    out.reported_bytes += buffer->reported_bytes;
    out.dropped += buffer->dropped;
    buffer->reported_bytes = buffer->unreported_bytes = 0;
    buffer->dropped = 0;
    return buffer->thread_ended;
  });
  return out;
}

std::size_t ThreadBuffers::size() const {
  const std::scoped_lock lock(mutex_);
  return buffers_.size();
}

}  // namespace ashlar::log::detail
