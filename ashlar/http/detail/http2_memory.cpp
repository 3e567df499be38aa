// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t frame_bytes_min = 16 * 1024;  // SETTINGS_MAX_FRAME_SIZE, never raised

Http2Memory& of(void* user) { return *static_cast<Http2Memory*>(user); }

}  // namespace

Http2Memory::Http2Memory()
    : functions_{
          .mem_user_data = this,
          .malloc = [](std::size_t bytes, void* user) { return of(user).take(bytes); },
          .free = [](void* memory, void* user) { of(user).give_back(memory); },
          .calloc = [](std::size_t count, std::size_t bytes, void*) { return std::calloc(count, bytes); },
          .realloc = [](void* memory, std::size_t bytes, void* user) { return of(user).change(memory, bytes); }} {}

void* Http2Memory::take(std::size_t bytes) {
  if (bytes < frame_bytes_min || frame_ != nullptr) return std::malloc(bytes);
  try {
    frame_ = make_buffer(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;  // in the form that nghttp2 expects
  }
  frame_bytes_ = bytes;
  return frame_.get();
}

void Http2Memory::give_back(void* memory) {
  if (memory != nullptr && memory == frame_.get()) {
    frame_.reset();
  } else {
    std::free(memory);
  }
}

void* Http2Memory::change(void* memory, std::size_t bytes) {
  if (memory == nullptr) return take(bytes);
  if (memory != frame_.get()) return std::realloc(memory, bytes);
  void* const out = std::malloc(bytes);
  if (out == nullptr) return nullptr;
  std::memcpy(out, memory, std::min(bytes, frame_bytes_));
  frame_.reset();
  return out;
}

void Http2Memory::release() {
  if (frame_ != nullptr) ::madvise(frame_.get(), frame_bytes_, MADV_DONTNEED);
}

}  // namespace ashlar::http::detail
