// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace ashlar::http::detail {

// Whole pages from the kernel, to which they are returned immediately: malloc would keep one or two pages of every
// buffer that thousands of idle connections have released.
class BufferPages {
 public:
  explicit BufferPages(std::size_t bytes = 0) : bytes_(bytes) {}
  void operator()(char* data) const;

 private:
  std::size_t bytes_;
};
using Buffer = std::unique_ptr<char[], BufferPages>;
[[nodiscard]] Buffer make_buffer(std::size_t bytes);

// Buffers for reading, owned by a loop and reused last in, first out, so that they stay in the CPU cache.
class BufferPool {
 public:
  static constexpr std::size_t buffer_bytes = 16 * 1024;

  [[nodiscard]] Buffer take();
  void give_back(Buffer buffer);

 private:
  static constexpr std::size_t kept_max = 64;
  std::vector<Buffer> free_;
};

// The bytes that a connection has read and not consumed. Between pin() and unpin() earlier bytes stay in place, because
// a request's views point to them.
class InputBuffer {
 public:
  explicit InputBuffer(BufferPool& pool) : pool_(pool) {}
  ~InputBuffer();
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  [[nodiscard]] std::string_view unread() const { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] std::span<char> unread_bytes() { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::span<char> room() { return {data_.get() + end_, capacity_ - end_}; }
  void added(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) { begin_ += bytes; }

  // Not pinned: makes room after the unread bytes, which may move.
  void make_room();
  // Pinned: makes room after the unread bytes; bytes consumed since pin() are lost, unread ones may move.
  void make_room_behind_pin();
  // Pinned: whether `bytes`, counted from the unread ones, fit without moving anything.
  [[nodiscard]] bool fits(std::size_t bytes) const { return bytes <= capacity_ - begin_; }

  void pin() { pin_ = begin_; }
  void unpin();
  // Not pinned and empty: returns the memory to the pool until it is needed again.
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
  Buffer held_;  // pinned, and full: the request's views point to it
  std::size_t held_capacity_ = 0;
};

}  // namespace ashlar::http::detail
