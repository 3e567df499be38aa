// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/input_buffer.hpp"

#include <nghttp2/nghttp2.h>

#include <cstddef>

namespace ashlar::http::detail {

// The allocator of an nghttp2_session: malloc, except for the buffer of the largest frame, which is half of a session's
// memory, allocated at once and rarely filled. That buffer consists of whole pages, which an idle session can release.
class Http2Memory {
 public:
  Http2Memory();
  Http2Memory(const Http2Memory&) = delete;
  Http2Memory& operator=(const Http2Memory&) = delete;

  [[nodiscard]] nghttp2_mem* functions() { return &functions_; }
  // While nothing is being sent: the buffer's content is lost, its address is not.
  void release();

 private:
  [[nodiscard]] void* take(std::size_t bytes);
  void give_back(void* memory);
  [[nodiscard]] void* change(void* memory, std::size_t bytes);

  nghttp2_mem functions_;
  Buffer frame_;
  std::size_t frame_bytes_ = 0;
};

}  // namespace ashlar::http::detail
