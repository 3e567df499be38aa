// SPDX-License-Identifier: Apache-2.0
#include "ashlar/log/detail/thread_buffers.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <thread>

namespace ashlar::log::detail {
namespace {

void write_a_line(ThreadBuffers& buffers) {
  ThreadBuffer& buffer = buffers.of_this_thread();
  const std::scoped_lock lock(buffer.mutex);
  buffer.lines.append("line");
}

TEST(ThreadBuffers, AreOnePerThreadAndLog) {
  ThreadBuffers a, b;
  EXPECT_EQ(&a.of_this_thread(), &a.of_this_thread());
  EXPECT_NE(&a.of_this_thread(), &b.of_this_thread());
  EXPECT_EQ(a.size(), 2U);
}

TEST(ThreadBuffers, OfAThreadThatEndedAreKeptUntilTheyAreTaken) {
  ThreadBuffers buffers;
  for (int i = 0; i < 5; ++i) std::thread(write_a_line, std::ref(buffers)).join();
  EXPECT_EQ(buffers.size(), 6U);
  const auto taken = buffers.take();
  EXPECT_EQ(taken.buffers.size(), 5U);
  for (const auto& buffer : taken.buffers) EXPECT_EQ(buffer->taken.view(), "line");
  EXPECT_EQ(buffers.size(), 1U);
}

}  // namespace
}  // namespace ashlar::log::detail
