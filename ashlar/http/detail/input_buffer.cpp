// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/input_buffer.hpp"

#include <sys/mman.h>

#include <cassert>
#include <cstring>
#include <new>
#include <utility>

namespace ashlar::http::detail {

void BufferPages::operator()(char* data) const { ::munmap(data, bytes_); }

Buffer make_buffer(std::size_t bytes) {
  void* const data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) throw std::bad_alloc();
  return {static_cast<char*>(data), BufferPages(bytes)};
}

Buffer BufferPool::take() {
  if (free_.empty()) return make_buffer(buffer_bytes);
  Buffer out = std::move(free_.back());
  free_.pop_back();
  return out;
}

void BufferPool::give_back(Buffer buffer) {
  if (free_.size() < kept_max) free_.push_back(std::move(buffer));
}

InputBuffer::~InputBuffer() {
  give_back(std::move(data_), capacity_);
  give_back(std::move(held_), held_capacity_);
}

void InputBuffer::give_back(Buffer buffer, std::size_t capacity) {
  if (buffer != nullptr && capacity == BufferPool::buffer_bytes) pool_.give_back(std::move(buffer));
}

void InputBuffer::make_room() {
  if (data_ == nullptr) {
    data_ = pool_.take();
    capacity_ = BufferPool::buffer_bytes;
    begin_ = end_ = 0;
    return;
  }
  const std::size_t size = end_ - begin_;
  if (begin_ > 0) {
    std::memmove(data_.get(), data_.get() + begin_, size);
    begin_ = 0;
    end_ = size;
  }
  if (capacity_ - end_ >= room_min) return;
  Buffer larger = make_buffer(capacity_ * 2);
  std::memcpy(larger.get(), data_.get(), size);
  give_back(std::exchange(data_, std::move(larger)), capacity_);
  capacity_ *= 2;
}

void InputBuffer::make_room_behind_pin() {
  if (begin_ == end_) begin_ = end_ = pin_;
  if (capacity_ - end_ >= room_min) return;
  const std::size_t size = end_ - begin_;
  assert(size <= BufferPool::buffer_bytes - room_min);
  Buffer next = pool_.take();
  std::memcpy(next.get(), data_.get() + begin_, size);
  Buffer full = std::exchange(data_, std::move(next));
  if (held_ == nullptr) {
    held_ = std::move(full);
    held_capacity_ = capacity_;
  } else {
    give_back(std::move(full), capacity_);
  }
  capacity_ = BufferPool::buffer_bytes;
  pin_ = begin_ = 0;
  end_ = size;
}

void InputBuffer::unpin() {
  pin_ = 0;
  if (begin_ == end_) begin_ = end_ = 0;
  if (held_ != nullptr) give_back(std::move(held_), held_capacity_);
  if (begin_ == end_ && capacity_ > BufferPool::buffer_bytes) release();  // an unusually large head
}

void InputBuffer::release() {
  assert(begin_ == end_ && held_ == nullptr);
  give_back(std::move(data_), capacity_);
  capacity_ = begin_ = end_ = 0;
}

}  // namespace ashlar::http::detail
