// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/test_stream.hpp"

#include "ashlar/web/detail/test_call.hpp"

#include <utility>

namespace ashlar::web {

using detail::TestCall;

TestStream::TestStream(std::unique_ptr<TestCall> call) : call_(std::move(call)) {}
TestStream::TestStream(TestStream&&) noexcept = default;

TestStream::~TestStream() {
  if (call_) leave();
}

int TestStream::status() const { return call_->response.status; }

std::string TestStream::header(std::string_view name) const {
  return std::string(call_->response.headers.find(name).value_or(std::string_view{}));
}

std::optional<std::string> TestStream::read() {
  if (!unread_.empty()) return std::exchange(unread_, {});
  TestCall& call = *call_;
  call.run_until([&] { return call.finished || !call.pieces.empty(); });
  if (!call.pieces.empty()) {
    std::string piece = std::move(call.pieces.front());
    call.pieces.pop_front();
    return piece;
  }
  if (call.thrown) std::rethrow_exception(std::exchange(call.thrown, nullptr));
  if (!call.response.body.empty()) return std::exchange(call.response.body, {});
  return std::nullopt;
}

std::string TestStream::rest() {
  std::string out;
  while (auto piece = read()) out += *piece;
  return out;
}

std::optional<TestEvent> TestStream::next_event() {
  while (true) {
    std::size_t end = unread_.find("\n\n");
    while (end == std::string::npos) {
      std::string before = std::exchange(unread_, {});
      auto piece = read();
      if (!piece) return std::nullopt;
      unread_ = std::move(before) + *piece;
      end = unread_.find("\n\n");
    }
    std::string lines = unread_.substr(0, end + 1);
    unread_.erase(0, end + 2);
    TestEvent event;
    bool any = false;
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t line_end = lines.find('\n', at);
      const std::string line = lines.substr(at, line_end - at);
      at = line_end + 1;
      for (const auto& [name, field] :
           {std::pair{"id: ", &event.id}, std::pair{"event: ", &event.event}, std::pair{"data: ", &event.data}}) {
        if (!line.starts_with(name)) continue;
        *field = line.substr(std::string_view(name).size());
        any = true;
      }
    }
    if (any) return event;
  }
}

bool TestStream::whole() const {
  const TestCall& call = *call_;
  return call.finished && !call.failure && !call.thrown && !call.gone;
}

void TestStream::leave() { call_->leave(); }

}  // namespace ashlar::web
