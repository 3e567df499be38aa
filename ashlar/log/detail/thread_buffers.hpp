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

// Precedes each line in a buffer.
struct RecordHead {
  std::int64_t milliseconds;  // the line's time: the writer merges the lines of several threads by it
  std::uint32_t json_bytes;
  std::uint32_t pretty_bytes;
  Level level;
};

// The lines that one thread has written to one log and the writer has not taken. The lock is uncontended except while
// the writer exchanges `lines` for an empty buffer.
struct ThreadBuffer {
  std::mutex mutex;
  LineBuffer lines;
  TimeText time;
  std::size_t unreported_bytes = 0;  // in `lines`, not yet in the log's total, which threads update rarely
  std::size_t reported_bytes = 0;
  std::uint64_t dropped = 0;
  bool thread_ended = false;
  bool log_ended = false;

  LineBuffer taken;  // the writer's
};

// The buffers of one log. A thread finds its own without a lock; the buffer is created by the thread's first write.
// When a thread ends, its buffer remains until the writer has taken its content.
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
  // For the writer: moves the lines of every buffer to its `taken`, which must be empty.
  Taken take();

  [[nodiscard]] std::size_t size() const;  // known threads, and one buffer for threads that are ending

 private:
  ThreadBuffer& find_or_make();

  const std::uint64_t id_;  // of this log, never reused in this process
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<ThreadBuffer>> buffers_;
  std::shared_ptr<ThreadBuffer> late_;  // for threads whose thread-local storage is already destroyed
};

}  // namespace ashlar::log::detail
