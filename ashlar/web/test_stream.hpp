// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::web {

namespace detail {
struct TestCall;
}

struct TestEvent {
  std::string id, event, data;
};

// A streamed reply as it comes, from TestClient::open. Like a socket's buffer that holds one piece: the handler's next
// write waits until the last was read. Destroying it is a client that leaves. The client outlives it.
class TestStream {
 public:
  explicit TestStream(std::unique_ptr<detail::TestCall> call);
  TestStream(TestStream&&) noexcept;
  TestStream& operator=(TestStream&&) = delete;
  ~TestStream();

  [[nodiscard]] int status() const;
  [[nodiscard]] std::string header(std::string_view name) const;
  // The next piece; nullopt at the end, whole or not. Throws std::runtime_error when none comes within 30 s.
  std::optional<std::string> read();
  // All that is left.
  std::string rest();
  // The next event, comments passed over; nullopt at the end.
  std::optional<TestEvent> next_event();
  // Whether the stream came to its end without an error; after the last piece.
  [[nodiscard]] bool whole() const;
  // The client goes. Returns when the handler's producer has ended.
  void leave();

 private:
  std::unique_ptr<detail::TestCall> call_;
  std::string unread_;
};

}  // namespace ashlar::web
