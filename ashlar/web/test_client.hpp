// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/test_cookie_jar.hpp"
#include "ashlar/web/test_stream.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Calls an App in the process, without a socket, through the same chain as a server's requests.
//
//   TestClient client(app);
//   auto reply = client.post("/api/users", R"({"name": "Ada", "email": "ada@example.com"})");
//   EXPECT_EQ(reply.status, 201);
//   EXPECT_EQ(reply.at("/data/name"), "Ada");
//
// For tests: each call blocks its thread until the reply is complete, running its own loop. Throws std::runtime_error
// when a handler does not finish within 30 s.
namespace ashlar::web {

struct TestReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  [[nodiscard]] std::string header(std::string_view name) const;  // the first of that name, empty when there is none
  // The value at a JSON Pointer: a string without its quotes, everything else as JSON text. Throws std::out_of_range
  // with the body when it is missing.
  [[nodiscard]] std::string at(std::string_view json_pointer) const;
  [[nodiscard]] bool has(std::string_view json_pointer) const;
};

struct TestRequest {
  http::Method method = http::Method::get;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string content_type = "application/json";  // sent when there is a body
};

// A part of a multipart form; a file when it has a file name.
struct TestPart {
  std::string name;
  std::string content;
  std::string file_name{};
  std::string content_type{};
};

class TestClient {
 public:
  explicit TestClient(http::Handler& handler);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  TestReply send(const TestRequest& request);
  TestReply get(std::string target) { return send({http::Method::get, std::move(target), {}, {}}); }
  TestReply post(std::string target, std::string json) {
    return send({http::Method::post, std::move(target), {}, std::move(json)});
  }
  TestReply patch(std::string target, std::string json) {
    return send({http::Method::patch, std::move(target), {}, std::move(json)});
  }
  TestReply remove(std::string target) { return send({http::Method::remove, std::move(target), {}, {}}); }

  // As sent by an HTML form.
  TestReply post_form(std::string target, const std::vector<std::pair<std::string, std::string>>& fields);
  TestReply post_multipart(std::string target, const std::vector<TestPart>& parts);
  [[nodiscard]] static TestRequest multipart_request(http::Method method, std::string target,
                                                     const std::vector<TestPart>& parts);
  // Returns when the reply has begun; read the streamed body from the result.
  TestStream open(const TestRequest& request);

  // From now on stores cookies from replies and sends them back, as a browser would, by that clock (the App's own, for
  // example), which outlives the client. Not with a request that has a Cookie field.
  TestCookieJar& keep_cookies(const Clock& clock) { return cookies_.emplace(clock); }
  void use_scheme(http::Scheme scheme) { scheme_ = scheme; }
  // The clock for a request's time_max, which causes 504 as on a server; it outlives the client. Without one, real time
  // is used.
  void use_clock(const Clock& clock) { clock_ = &clock; }

  // Sent with every request from now on; empty: none is sent.
  void use_bearer(std::string token) { bearer_ = std::move(token); }
  void use_peer_address(std::string address) { peer_address_ = std::move(address); }

  // The loop that calls run on, for tests that use coroutines themselves.
  [[nodiscard]] boost::asio::io_context& loop();

 private:
  [[nodiscard]] std::unique_ptr<detail::TestCall> prepare(const TestRequest& request, bool one_by_one);
  void take_cookies(const http::ResponseHeaders& headers);

  struct State;
  std::unique_ptr<State> state_;
  std::optional<TestCookieJar> cookies_;
  const Clock* clock_ = nullptr;  // null: the state's
  http::Scheme scheme_ = http::Scheme::http;
  std::string bearer_;
  std::string peer_address_ = "127.0.0.1";
};

}  // namespace ashlar::web
