// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/test_client.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/web/detail/test_call.hpp"

#include <boost/asio/io_context.hpp>
#include <simdjson.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace ashlar::web {

namespace {

using detail::TestCall;

std::string text_of(simdjson::dom::element element) {
  if (element.is_string()) return std::string(element.get_string().value_unsafe());
  return simdjson::minify(element);
}

// Form fields (WHATWG URL section 5.2).
void append_encoded(std::string_view text, std::string& out) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("*-._").contains(c);
    const auto u = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      ((out += '%') += digits[u >> 4]) += digits[u & 15];
    }
  }
}

}  // namespace

struct TestClient::State {
  http::Handler& handler;
  boost::asio::io_context loop{1};
  SystemClock clock{};
};

TestClient::TestClient(http::Handler& handler) : state_(new State{.handler = handler}) {}
TestClient::~TestClient() = default;

boost::asio::io_context& TestClient::loop() { return state_->loop; }

std::unique_ptr<TestCall> TestClient::prepare(const TestRequest& request, bool one_by_one) {
  auto call = std::make_unique<TestCall>(state_->loop, clock_ != nullptr ? *clock_ : state_->clock, request,
                                         one_by_one ? TestCall::Pieces::one_by_one : TestCall::Pieces::collected);
  const TestRequest& sent = call->sent;
  const std::string_view target = sent.target;
  const std::size_t question = target.find('?');
  http::Request& out = call->request;
  out.method = sent.method;
  out.method_name = http::to_string(sent.method);
  out.target = target;
  out.path = target.substr(0, question);
  out.query = question == target.npos ? std::string_view{} : target.substr(question + 1);
  out.authority = "localhost";
  out.scheme = scheme_;
  out.peer_address = peer_address_;
  out.body = &call->body;
  call->texts = {"Bearer " + bearer_, cookies_ ? cookies_->field_for(out.path, scheme_) : std::string{}};
  const auto given = [&](std::string_view name) {
    return std::ranges::any_of(sent.headers, [&](const auto& field) { return ascii_iequals(field.first, name); });
  };
  for (const auto& [name, value] : sent.headers) out.headers.add(name, value);
  if (!sent.body.empty() && !sent.content_type.empty() && !given("Content-Type"))
    out.headers.add("Content-Type", sent.content_type);
  if (!bearer_.empty() && !given("Authorization")) out.headers.add("Authorization", call->texts[0]);
  if (!call->texts[1].empty() && !given("Cookie")) out.headers.add("Cookie", call->texts[1]);
  return call;
}

void TestClient::take_cookies(const http::ResponseHeaders& headers) {
  for (std::size_t i = 0; cookies_ && i < headers.count(); ++i) {
    if (ascii_iequals(headers.at(i).name, "set-cookie")) cookies_->take(headers.at(i).value, scheme_);
  }
}

TestReply TestClient::send(const TestRequest& request) {
  const auto call = prepare(request, false);
  call->start(state_->handler);
  call->run_to_end();
  if (call->thrown) std::rethrow_exception(call->thrown);
  if (call->failure) throw std::runtime_error("the body's producer failed: " + call->failure->message());
  TestReply reply{.status = call->response.status, .headers = {}, .body = std::move(call->response.body)};
  const auto& headers = call->response.headers;
  for (std::size_t i = 0; i < headers.count(); ++i) reply.headers.emplace_back(headers.at(i).name, headers.at(i).value);
  take_cookies(headers);
  if (request.method == http::Method::head) reply.body.clear();
  return reply;
}

TestStream TestClient::open(const TestRequest& request) {
  auto call = prepare(request, true);
  call->start(state_->handler);
  call->run_until([&] { return call->answered; });
  take_cookies(call->response.headers);
  return TestStream(std::move(call));
}

TestReply TestClient::post_form(std::string target, const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    if (!body.empty()) body += '&';
    append_encoded(name, body);
    body += '=';
    append_encoded(value, body);
  }
  return send({http::Method::post, std::move(target), {}, std::move(body), "application/x-www-form-urlencoded"});
}

TestRequest TestClient::multipart_request(http::Method method, std::string target, const std::vector<TestPart>& parts) {
  constexpr std::string_view boundary = "----ashlar-test-boundary";
  std::string body;
  for (const TestPart& part : parts) {
    body.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"").append(part.name);
    if (!part.file_name.empty()) body.append("\"; filename=\"").append(part.file_name);
    body += "\"\r\n";
    if (!part.content_type.empty()) body.append("Content-Type: ").append(part.content_type).append("\r\n");
    body.append("\r\n").append(part.content).append("\r\n");
  }
  body.append("--").append(boundary).append("--\r\n");
  return {method, std::move(target), {}, std::move(body), "multipart/form-data; boundary=" + std::string(boundary)};
}

TestReply TestClient::post_multipart(std::string target, const std::vector<TestPart>& parts) {
  return send(multipart_request(http::Method::post, std::move(target), parts));
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
