// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/test_client.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/errors.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>

namespace ashlar::web {

namespace {

class WholeBody final : public http::BodyReader {
 public:
  explicit WholeBody(std::string_view text) : text_(text) {}
  [[nodiscard]] bool present() const override { return !text_.empty(); }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return text_.size(); }
  std::optional<std::string_view> try_whole(std::size_t bytes_max) override {
    return text_.size() <= bytes_max ? std::optional(text_) : std::nullopt;
  }
  Task<Result<std::string_view>> read() override { co_return std::exchange(rest_, {}); }
  Task<Result<std::string_view>> read_all(std::size_t bytes_max) override {
    if (text_.size() > bytes_max)
      co_return fail(http::errors::body_too_large, "The body is over " + std::to_string(bytes_max) + " bytes.");
    co_return text_;
  }

 private:
  std::string_view text_;
  std::string_view rest_ = text_;
};

class CollectedBody final : public http::BodyWriter {
 public:
  explicit CollectedBody(std::string& out) : out_(out) {}
  Task<Result<>> write(std::string_view bytes) override {
    out_ += bytes;
    co_return Result<>{};
  }

 private:
  std::string& out_;
};

// One call. Stays until the client goes when its handler did not finish.
struct Call {
  TestRequest sent;
  std::string authorization;
  std::unique_ptr<WholeBody> body;
  http::Request request;
  http::Response response;
  bool finished = false;
  std::exception_ptr thrown;
};

Task<> run(http::Handler& handler, Call& call) {
  co_await handler.handle(call.request, call.response);
  if (call.response.stream && call.sent.method != http::Method::head) {
    CollectedBody writer(call.response.body);
    auto produced = co_await call.response.stream(writer);
    if (!produced) throw std::runtime_error("the body's producer failed: " + produced.error().message());
  }
  call.response.stream = nullptr;
}

std::string text_of(simdjson::dom::element element) {
  if (element.is_string()) return std::string(element.get_string().value_unsafe());
  return simdjson::minify(element);
}

}  // namespace

struct TestClient::State {
  http::Handler& handler;
  std::vector<std::unique_ptr<Call>> calls;  // before the loop, whose coroutines refer to them
  boost::asio::io_context loop{1};
};

TestClient::TestClient(http::Handler& handler) : state_(new State{.handler = handler, .calls = {}}) {}
TestClient::~TestClient() = default;

boost::asio::io_context& TestClient::loop() { return state_->loop; }

TestReply TestClient::send(const TestRequest& request) {
  using namespace std::chrono_literals;
  Call& call = *state_->calls.emplace_back(std::make_unique<Call>());
  call.sent = request;
  const TestRequest& sent = call.sent;
  call.body = std::make_unique<WholeBody>(sent.body);
  const std::string_view target = sent.target;
  const std::size_t question = target.find('?');
  http::Request& out = call.request;
  out.method = sent.method;
  out.method_name = http::to_string(sent.method);
  out.target = target;
  out.path = target.substr(0, question);
  out.query = question == target.npos ? std::string_view{} : target.substr(question + 1);
  out.authority = "localhost";
  out.peer_address = peer_address_;
  out.body = call.body.get();
  call.authorization = "Bearer " + bearer_;
  const auto given = [&](std::string_view name) {
    return std::ranges::any_of(sent.headers, [&](const auto& field) { return ascii_iequals(field.first, name); });
  };
  for (const auto& [name, value] : sent.headers) out.headers.add(name, value);
  if (!sent.body.empty() && !sent.content_type.empty() && !given("Content-Type"))
    out.headers.add("Content-Type", sent.content_type);
  if (!bearer_.empty() && !given("Authorization")) out.headers.add("Authorization", call.authorization);

  state_->loop.restart();
  const auto work = boost::asio::make_work_guard(state_->loop);
  boost::asio::co_spawn(state_->loop, run(state_->handler, call), [&call](std::exception_ptr thrown) {
    call.finished = true;
    call.thrown = std::move(thrown);
  });
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!call.finished && state_->loop.run_one_until(deadline) > 0) {
  }
  if (!call.finished) throw std::runtime_error("the handler of " + sent.target + " did not finish within 30 s");
  const std::unique_ptr<Call> done = std::move(state_->calls.back());
  state_->calls.pop_back();
  if (done->thrown) std::rethrow_exception(done->thrown);

  TestReply reply{.status = done->response.status, .headers = {}, .body = std::move(done->response.body)};
  const auto& headers = done->response.headers;
  for (std::size_t i = 0; i < headers.count(); ++i) reply.headers.emplace_back(headers.at(i).name, headers.at(i).value);
  if (request.method == http::Method::head) reply.body.clear();
  return reply;
}

std::string TestReply::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& field) { return ascii_iequals(field.first, name); });
  return found == headers.end() ? std::string{} : found->second;
}

std::string TestReply::at(std::string_view json_pointer) const {
  simdjson::dom::parser parser;
  simdjson::dom::element found;
  const simdjson::padded_string padded(body);
  simdjson::dom::element document;
  if (parser.parse(padded).get(document) != simdjson::SUCCESS ||
      document.at_pointer(json_pointer).get(found) != simdjson::SUCCESS)
    throw std::out_of_range("there is nothing at \"" + std::string(json_pointer) + "\" in: " + body);
  return text_of(found);
}

bool TestReply::has(std::string_view json_pointer) const {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  const simdjson::padded_string padded(body);
  return parser.parse(padded).get(document) == simdjson::SUCCESS &&
         document.at_pointer(json_pointer).error() == simdjson::SUCCESS;
}

}  // namespace ashlar::web
