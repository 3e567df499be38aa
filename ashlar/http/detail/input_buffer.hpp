// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace ashlar::http::detail {

// Whole pages from the kernel, to which they go back at once: malloc would keep a page or two of every buffer that
// thousands of idle connections have given back.
class BufferPages {
 public:
  explicit BufferPages(std::size_t bytes = 0) : bytes_(bytes) {}
  void operator()(char* data) const;

 private:
  std::size_t bytes_;
};
using Buffer = std::unique_ptr<char[], BufferPages>;
[[nodiscard]] Buffer make_buffer(std::size_t bytes);

// Memory that connections read into, kept by a loop and lent out last in, first out, so that it stays in the cache.
class BufferPool {
 public:
  static constexpr std::size_t buffer_bytes = 16 * 1024;

  [[nodiscard]] Buffer take();
  void give_back(Buffer buffer);

 private:
  static constexpr std::size_t kept_max = 64;
  std::vector<Buffer> free_;
};

// What a connection has read and not yet used up. Between pin() and unpin() what came before is held where it is,
// because a request's views point there.
class InputBuffer {
 public:
  explicit InputBuffer(BufferPool& pool) : pool_(pool) {}
  ~InputBuffer();
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  [[nodiscard]] std::string_view unread() const { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::span<char> room() { return {data_.get() + end_, capacity_ - end_}; }
  void added(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) { begin_ += bytes; }

  // Not pinned: makes room behind what is unread, which may move.
  void make_room();
  // Pinned: makes room behind what is unread; what was consumed since pin() is lost, what is unread may move.
  void make_room_behind_pin();
  // Pinned: whether `bytes` from the unread ones on fit without moving anything.
  [[nodiscard]] bool fits(std::size_t bytes) const { return bytes <= capacity_ - begin_; }

  void pin() { pin_ = begin_; }
  void unpin();
  // Not pinned and empty: gives the memory back to the pool until it is needed again.
  void release();

 private:
  static constexpr std::size_t room_min = 2 * 1024;

  void give_back(Buffer buffer, std::size_t capacity);

  BufferPool& pool_;
  Buffer data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t pin_ = 0;
  Buffer held_;  // pinned, and full: what the request's views point to
  std::size_t held_capacity_ = 0;
};

}  // namespace ashlar::http::detail
