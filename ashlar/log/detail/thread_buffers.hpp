// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/log/detail/line_buffer.hpp"
#include "ashlar/log/detail/line_format.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace ashlar::log::detail {

// In a buffer each line stands behind one of these.
struct RecordHead {
  std::int64_t milliseconds;  // of its time: the writer puts the lines of several threads in order
  std::uint32_t json_bytes;
  std::uint32_t pretty_bytes;
  Level level;
};

// What one thread has written to one log and the writer has not taken. The lock is the thread's own but for the moment
// in which the writer exchanges `lines` for an empty buffer.
struct ThreadBuffer {
  std::mutex mutex;
  LineBuffer lines;
  TimeText time;
  std::size_t unreported_bytes = 0;  // in `lines`, not yet in the log's total, which threads touch seldom
  std::size_t reported_bytes = 0;
  std::uint64_t dropped = 0;
  bool thread_ended = false;
  bool log_ended = false;

  LineBuffer taken;  // the writer's
};

// The buffers of one log. A thread finds its own without a lock; it is made when the thread writes first. A thread that
// ends leaves its buffer behind until the writer has taken what is in it.
class ThreadBuffers {
 public:
  ThreadBuffers();
  ~ThreadBuffers();
  ThreadBuffers(const ThreadBuffers&) = delete;
  ThreadBuffers& operator=(const ThreadBuffers&) = delete;

  ThreadBuffer& of_this_thread();

  struct Taken {
    std::vector<std::shared_ptr<ThreadBuffer>> buffers;  // those with something in `taken`
    std::size_t reported_bytes = 0;
    std::uint64_t dropped = 0;
  };
  // For the writer: moves every buffer's lines to its `taken`, which must be empty.
  Taken take();

  [[nodiscard]] std::size_t size() const;  // threads known, and one buffer for those that are ending

 private:
  ThreadBuffer& find_or_make();

  const std::uint64_t id_;  // of this log, never used again in this process
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<ThreadBuffer>> buffers_;
  std::shared_ptr<ThreadBuffer> late_;  // for threads whose thread-local storage is gone already
};

}  // namespace ashlar::log::detail
