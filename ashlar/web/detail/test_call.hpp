// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task_scope.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/test_client.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <string>

namespace ashlar::web::detail {

class WholeBody final : public http::BodyReader {
 public:
  explicit WholeBody(std::string_view text) : text_(text) {}
  [[nodiscard]] bool present() const override { return !text_.empty(); }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return text_.size(); }
  std::optional<std::string_view> try_whole(std::size_t bytes_max) override;
  Task<Result<std::string_view>> read() override;
  Task<Result<std::string_view>> read_all(std::size_t bytes_max) override;

 private:
  std::string_view text_;
  std::string_view rest_ = text_;
};

// One call of a TestClient: its request and its response, on a loop that this thread runs while it waits.
struct TestCall final : http::BodyWriter {
  // Body: collected into `response.body`, or passed on piece by piece.
  enum class Pieces : unsigned char { collected, one_by_one };
  // The clock, which outlives it, determines when the request is late.
  TestCall(boost::asio::io_context& its_loop, const Clock& its_clock, TestRequest request, Pieces how);
  ~TestCall() override;

  void start(http::Handler& handler);
  Task<Result<>> write(std::string_view bytes) override;
  // Runs the loop until the condition holds; throws std::runtime_error after 30 s.
  template <class Condition>
  void run_until(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!holds()) run_one(deadline);
  }
  void run_to_end();
  void leave();

  boost::asio::io_context& loop;
  const Clock& clock;
  TestRequest sent;
  std::vector<std::string> texts;  // of fields that the client adds
  WholeBody body;
  http::Request request;
  http::Response response;
  bool answered = false;  // the handler has returned
  bool finished = false;
  bool gone = false;
  std::exception_ptr thrown;
  std::optional<Error> failure;  // of the body's producer
  std::deque<std::string> pieces;
  Pieces how;

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;
  friend class web::TestStream;
  Task<> run(http::Handler& handler);
  Task<> call(http::Handler& handler);
  void run_one(std::chrono::steady_clock::time_point deadline);
  void cancel_if_late();

  Clock::Steady began_;
  Timer taken_;  // a write waits here until its piece was read
  async::TaskScope scope_;
};

}  // namespace ashlar::web::detail
