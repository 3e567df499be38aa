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

// A streamed reply, piece by piece, from TestClient::open. It behaves like a socket buffer for one piece: the handler's
// next write waits until the last piece was read. Destroying it disconnects the client. The client outlives it.
class TestStream {
 public:
  explicit TestStream(std::unique_ptr<detail::TestCall> call);
  TestStream(TestStream&&) noexcept;
  TestStream& operator=(TestStream&&) = delete;
  ~TestStream();

  [[nodiscard]] int status() const;
  [[nodiscard]] std::string header(std::string_view name) const;
  // The next piece; nullopt at the end, complete or not. Throws std::runtime_error when none arrives within 30 s.
  std::optional<std::string> read();
  // The rest of the stream.
  std::string rest();
  // The next event, skipping comments; nullopt at the end.
  std::optional<TestEvent> next_event();
  // Whether the stream ended without an error; call it after the last piece.
  [[nodiscard]] bool whole() const;
  // Disconnects the client. Returns when the handler's producer has ended.
  void leave();

 private:
  std::unique_ptr<detail::TestCall> call_;
  std::string unread_;
};

}  // namespace ashlar::web
