// SPDX-License-Identifier: Apache-2.0
// What h1spec and llhttp check of a server, as tables over the decoders, without I/O. docs/design/http-conformance.md
// maps their cases to these rows and lists those that do not apply.
#include "ashlar/http/detail/http1_chunked.hpp"
#include "ashlar/http/detail/http1_request.hpp"
#include "ashlar/http/detail/test_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ashlar::http::detail {
namespace {

using Progress = Http1RequestDecoder::Progress;
using Outcome = ChunkedDecoder::Outcome;

constexpr Limits limits;

// The bytes of a connection, of which `arrived` have come. Decodes messages until none is complete.
struct Input {
  std::string_view bytes;
  std::size_t piece;  // so many bytes arrive at a time
  std::size_t at = 0;
  std::size_t arrived = 0;

  [[nodiscard]] bool arrive() {
    if (arrived == bytes.size()) return false;
    arrived = std::min(bytes.size(), arrived + piece);
    return true;
  }
  [[nodiscard]] std::string_view here() const { return bytes.substr(at, arrived - at); }
};

// False: the connection ends here, or the rest of the body has not come. Both are appended to `out`.
bool read_chunks(Input& input, std::string& body, std::string& out) {
  ChunkedDecoder decoder({.body_bytes_max = limits.body_bytes_max,
                          .extension_bytes_max = limits.chunk_extension_bytes_max,
                          .trailer_bytes_max = limits.trailer_bytes_max});
  while (true) {
    if (input.here().empty() && !input.arrive()) {
      out += "need more";
      return false;
    }
    const ChunkedDecoder::Step step = decoder.step(input.here());
    input.at += step.consumed;
    body += step.data;
    if (step.outcome == Outcome::end) return true;
    if (step.outcome == Outcome::malformed || step.outcome == Outcome::too_large) {
      out += step.outcome == Outcome::malformed ? "400" : "413";
      return false;
    }
  }
}

bool read_length(Input& input, std::size_t length, std::string& body, std::string& out) {
  while (input.here().size() < length && input.arrive()) continue;
  if (input.here().size() < length) {
    out += "need more";
    return false;
  }
  body = input.here().substr(0, length);
  input.at += length;
  return true;
}

// One message. False: the last one of the connection.
bool read_message(Input& input, std::string& out) {
  Http1RequestDecoder decoder(limits);
  Request request;
  Progress progress = Progress::need_more;
  do {
    progress = decoder.decode(input.here(), request);
  } while (progress == Progress::need_more && input.arrive());
  if (progress != Progress::ready) {
    if (progress == Progress::refused) out += std::to_string(decoder.refusal().status);
    if (progress == Progress::need_more && decoder.started()) out += "need more";
    return false;
  }
  std::string line = std::string(request.method_name).append(" ").append(request.path);
  if (!request.query.empty()) line.append("?").append(request.query);
  if (const auto x = request.headers.find("X")) line.append(" X=").append(*x);
  const RequestHead head = decoder.head();
  input.at += head.bytes;
  std::string body;
  if (head.framing == BodyFraming::chunked && !read_chunks(input, body, out)) return false;
  if (head.framing == BodyFraming::length && !read_length(input, head.content_length, body, out)) return false;
  out += line;
  if (!body.empty()) out.append(" [").append(body).append("]");
  if (!head.keep_alive) out += " close";
  return head.keep_alive;
}

// "PUT /a [body]; GET /b close", a status where a message is refused, "need more" where its rest is missing.
std::string messages(std::string_view bytes, std::size_t piece) {
  Input input{.bytes = bytes, .piece = piece};
  std::string out;
  while (true) {
    std::string one;
    const bool more = read_message(input, one);
    if (!out.empty() && !one.empty()) out += "; ";
    out += one;
    if (!more) return out;
  }
}

struct Row {
  std::string_view source;   // the case of the suite: file and number
  std::string_view section;  // of the RFC
  std::string bytes;
  std::string_view expected;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    for (const std::size_t piece : {row.bytes.size(), std::size_t{1}, std::size_t{3}}) {
      EXPECT_EQ(messages(row.bytes, piece), row.expected)
          << row.source << " (" << row.section << "), in pieces of " << piece << ":\n"
          << row.bytes;
    }
  }
}

std::string put(std::string_view fields, std::string_view rest = {}) {
  return std::string("PUT /url HTTP/1.1\r\nHost: a\r\n").append(fields).append("\r\n").append(rest);
}
std::string chunked(std::string_view body) { return put("Transfer-Encoding: chunked\r\n", body); }
std::string get(std::string_view fields) {
  return std::string("GET / HTTP/1.1\r\nHost: a\r\n").append(fields).append("\r\n");
}
// A request of one line and a Host.
std::string line(std::string_view request_line, std::string_view host = "a") {
  return std::string(request_line).append("\r\nHost: ").append(host).append("\r\n\r\n");
}

const std::vector<std::string> fragments{
    "G",
    "GET ",
    "GET /hello",
    "GET /hello ",
    "GET /hello HTTP",
    "GET /hello HTTP/1.1",
    "GET /hello HTTP/1.1\r",
    "GET /hello HTTP/1.1\r\n",
    "GET /hello HTTP/1.1\r\nHos",
    "GET /hello HTTP/1.1\r\nHost:",
    "GET /hello HTTP/1.1\r\nHost: ",
    "GET /hello HTTP/1.1\r\nHost: localhost",
    "GET /hello HTTP/1.1\r\nHost: localhost\r",
    "GET /hello HTTP/1.1\r\nHost: localhost\r\n",
    "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r",
};

// h1spec 1 to 15. A client that ends a request in the middle gets no answer, so no part of a head was taken for one.
TEST(Http1Conformance, WaitsForTheRestOfARequest) {
  TestServer server;
  for (const std::string& fragment : fragments) {
    EXPECT_EQ(messages(fragment, fragment.size()), "need more") << fragment;
    test::RawClient client = server.connect();
    client.send(fragment);
    client.shut_down_sending();
    EXPECT_TRUE(client.closed_by_server()) << fragment;
  }
  EXPECT_EQ(server.handler.handled, 0);
}

// h1spec 17: an interim response is optional where no body is announced.
TEST(Http1Conformance, AnswersAnExpectationWithoutABody) {
  TestServer server;
  test::RawClient client = server.connect();
  client.send(get("Expect: 100-continue\r\n"));
  EXPECT_EQ(client.read_response().status, 200);
}

TEST(Http1Conformance, H1spec) {
  const std::string length = "Content-Length: ";
  check({
      {"16", "RFC 9112 3", "GET / \r\n\r\n", "400"},
      {"17", "RFC 9110 10.1.1", get("Expect: 100-continue\r\n"), "GET /"},
      {"18", "RFC 9112 3.2", get(""), "GET /"},
      {"19", "RFC 9112 5", "GET / HTTP/1.1\r\nhoSt:\ta\r\nx:\r\n\r\n", "GET / X="},
      {"20", "RFC 9110 5.6.2", get("X-Invalid[]: test\r\n"), "400"},
      {"21", "RFC 9112 3.2", "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "400"},
      {"22", "RFC 9112 3.2", get("Host: b\r\n"), "400"},
      {"23", "RFC 9110 8.6", get(length + "-123456789123456789123456789\r\n"), "400"},
      {"24", "RFC 9110 8.6", get(length + "-1234\r\n"), "400"},
      {"25", "RFC 9110 8.6", get(length + "abc\r\n"), "400"},
      {"26", "RFC 9110 5.5", get("X: \r\n"), "GET / X="},
      {"27", "RFC 9110 5.5", get("X: test\x07\r\n"), "400"},
      {"28", "RFC 9110 15.6.6", line("GET / HTTP/9.9"), "505"},
      {"29", "RFC 9112 3", line("Extra lineGET / HTTP/1.1"), "400"},
      {"30", "RFC 9112 2.2", get("\rX: Test\r\n"), "400"},
      {"31", "RFC 9112 6.2", put(length + "5\r\n", "hello"), "PUT /url [hello]"},
      {"32", "RFC 9112 7.1", chunked("c\r\nHellO world1\r\n0\r\n\r\n"), "PUT /url [HellO world1]"},
      {"33", "RFC 9112 6.1",
       put("content-LengtH: 5\r\nTransFer-Encoding: chunked\r\n", "c\r\nHellO world1\r\n0\r\n\r\n"), "400"},
  });
}

TEST(Http1Conformance, LlhttpConnection) {
  const std::string form = "Content-Length: 4\r\n";
  check({
      {"connection/1", "RFC 9112 9.3", put("Connection: keep-alive\r\n"), "PUT /url"},
      {"connection/2", "RFC 9112 9.3", put("Connection: keep-alive\r\n") + put("Connection: keep-alive\r\n"),
       "PUT /url; PUT /url"},
      {"connection/3", "RFC 9112 9.3", "PUT /url HTTP/1.0\r\n\r\n" + put(""), "PUT /url close"},
      {"connection/5", "RFC 9112 2.2", put(form, "q=42\r\n") + get(""), "PUT /url [q=42]; GET /"},
      {"connection/6", "RFC 9112 2.2", put("Connection: keep\ralive\r\n"), "400"},
      {"connection/7", "RFC 9112 9.6", put("Connection: close\r\n"), "PUT /url close"},
      {"connection/8", "RFC 9112 9.6", put("Connection: close\t\r\n"), "PUT /url close"},
      {"connection/9", "RFC 9112 9.6", put(form + "Connection: close\r\n", "q=42\r\n") + get(""),
       "PUT /url [q=42] close"},
      {"connection/10", "RFC 9112 9.6", put(form + "Connection: close\t\r\n", "q=42\r\n") + get(""),
       "PUT /url [q=42] close"},
      {"connection/12", "RFC 9112 9.3", put("Connection: close, token, upgrade, token, keep-alive\r\n"),
       "PUT /url close"},
      {"connection/13, strict", "RFC 9112 5.2", get("Connection: Something,\r\n Upgrade, ,Keep-Alive\r\n"), "400"},
      {"connection/14", "RFC 9110 7.8",
       get("Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n") + "Hot diggity dogg\r\n", "GET /; 400"},
      {"connection/15, strict", "RFC 9112 5.2", get("Connection: keep-alive, \r\n upgrade\r\n"), "400"},
      {"connection/16", "RFC 9112 5.1", put("Connection : upgrade\r\n" + form, "abcdefgh"), "400"},
      {"connection/18", "RFC 9110 7.8", put("Connection: upgrade\r\nUpgrade: ws\r\n"), "PUT /url"},
      {"connection/19", "RFC 9110 7.8", put("Connection: upgrade\r\nUpgrade: ws\r\n" + form, "abcd" + get("")),
       "PUT /url [abcd]; GET /"},
      {"connection/20", "RFC 9110 7.8",
       get("Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n") + get(""),
       "GET /; GET /"},
      {"connection/21", "RFC 9110 7.8",
       put("Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\nContent-Length: 15\r\n", "sweet post body" + get("")),
       "PUT /url [sweet post body]; GET /"},
      {"pipelining/1", "RFC 9112 9.3.2",
       put("Content-Length: 3\r\n", "AAA") + put("Content-Length: 4\r\n", "BBBB") +
           put("Content-Length: 5\r\n", "CCCCC") + get(""),
       "PUT /url [AAA]; PUT /url [BBBB]; PUT /url [CCCCC]; GET /"},
      {"finish/1", "RFC 9112 8", get(""), "GET /"},
      {"finish/2", "RFC 9112 8", put("Content-Length: 100\r\n"), "need more"},
      {"finish/3", "RFC 9112 8", "PUT / HTTP/1.1\r\nContent-Leng", "need more"},
  });
}

TEST(Http1Conformance, LlhttpContentLength) {
  check({
      {"content-length/1", "RFC 9110 8.6", put("Content-Length: 003\r\n", "abc"), "PUT /url [abc]"},
      {"content-length/2", "RFC 9110 8.6", put("Content-Length: 003\r\nX: world\r\n", "abc"), "PUT /url X=world [abc]"},
      {"content-length/3", "RFC 9110 8.6", put("Content-Length: 1000000000000000000000\r\n"), "400"},
      {"content-length/4", "RFC 9112 6.3", put("Content-Length: 1\r\nContent-Length: 2\r\n", "a"), "400"},
      {"content-length/5", "RFC 9112 6.1", put("Content-Length: 1\r\nTransfer-Encoding: identity\r\n", "a"), "400"},
      {"content-length/6", "RFC 9112 5.1", put("Connection: upgrade\r\nContent-Length : 4\r\n", "abcdefgh"), "400"},
      {"content-length/9", "RFC 9110 5.1", "GET /a HTTP/1.0\r\nconTENT-Length: 5\r\n\r\nHELLO", "GET /a [HELLO] close"},
      {"content-length/10", "RFC 9112 5", put("Content-Length:  3 \r\n", "abc"), "PUT /url [abc]"},
      {"content-length/11", "RFC 9112 5", put("Content-Length:\t3\t  \r\n", "abc"), "PUT /url [abc]"},
      {"content-length/12", "RFC 9110 8.6", put("Content-Length: 4 2\r\n"), "400"},
      {"content-length/13", "RFC 9110 8.6", put("Content-Length: 13 37\r\n"), "400"},
      {"content-length/14", "RFC 9110 8.6", put("Content-Length:\r\n"), "400"},
      {"content-length/15", "RFC 9112 2.2", put("Content\rLength: 003\r\n", "abc"), "400"},
      {"content-length/17", "RFC 9112 2.2", "PUT /url HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\rabc", "400"},
  });
}

TEST(Http1Conformance, LlhttpInvalid) {
  check({
      {"invalid/1", "RFC 9112 2.3", line("GET /music ICE/1.0"), "400"},
      {"invalid/2", "RFC 9112 2.3", line("GET /music IHTTP/1.0"), "400"},
      {"invalid/3", "RFC 9112 2.3", line("PUT /music RTSP/1.0"), "400"},
      {"invalid/4, differs", "RFC 9110 9.1", line("ANNOUNCE /music HTTP/1.0"), "ANNOUNCE /music close"},
      {"invalid/5", "RFC 9112 2.2", get("Foo: 1\rBar: 2\r\n"), "400"},
      {"invalid/6", "RFC 9112 2.2", put("x:x\nTransfer-Encoding: chunked\r\n", "1\r\nA\r\n0\r\n\r\n"), "400"},
      {"invalid/7", "RFC 9112 2.2", get("Connection: close\r\n\rZGET /evil: HTTP/1.1\r\nHost: a\r\n"), "400"},
      {"invalid/9", "RFC 9112 2.2", put("Connection: Close\r\nx:\rTransfer-Encoding: chunked\r\n"), "400"},
      {"invalid/10", "RFC 9112 2.2", put("x:\nTransfer-Encoding: chunked\r\n"), "400"},
      {"invalid/11", "RFC 9110 5.1", get("Fo@: Failure\r\n"), "400"},
      {"invalid/12", "RFC 9110 5.1", get("Foo\x01\test: Bar\r\n"), "400"},
      {"invalid/13", "RFC 9110 5.1", get(": Bar\r\n"), "400"},
      {"invalid/14, differs", "RFC 9110 9.1", line("MKCOLA / HTTP/1.1"), "MKCOLA /"},
      {"invalid/15", "RFC 9112 5.2", get("name\r\n : value\r\n"), "400"},
      {"invalid/16", "RFC 9110 5.1", get("Connection\r\033\065\325eep-Alive\r\n"), "400"},
      {"invalid/17", "RFC 9110 5.1", get("X-Some-Header\r\033\065\325eep-Alive\r\n"), "400"},
      {"invalid/18", "RFC 9112 2.2", get("Dummy: x\nContent-Length: 23\r\n") + get("Dummy: GET /admin HTTP/1.1\r\n"),
       "400"},
      {"invalid/19", "RFC 9110 15.6.6", line("GET / HTTP/5.6"), "505"},
      {"invalid/20", "RFC 9112 2.2", "GET / HTTP/1.1\r\n Host: foo\r\n\r\n", "400"},
      {"invalid/21", "RFC 9112 2.2", "POST / HTTP/1.1\nTransfer-Encoding: chunked\nHost: a\n\n1\nA\n0\n\n", "400"},
      {"invalid/23", "RFC 9112 5.2", put("Foo: bar\r\n Content-Length: 38\r\n") + get(""), "400"},
      {"lenient-header-value-relaxed/2", "RFC 9110 5.5", get("X: hello\fworld\r\n"), "400"},
      {"lenient-header-value-relaxed/3", "RFC 9112 2.2", put("x:\nTransfer-Encoding: chunked\r\n"), "400"},
      {"lenient-header-value-relaxed/4", "RFC 9112 2.2", put("x:\rTransfer-Encoding: chunked\r\n"), "400"},
      {"lenient-header-value-relaxed/5", "RFC 9112 2.2", "GET / HTTP/1.1\r\n Header1: value\r\n\r\n", "400"},
      {"lenient-headers/3", "RFC 9110 5.5", get("X: \f\r\n"), "400"},
  });
}

TEST(Http1Conformance, LlhttpMethods) {
  check({
      {"method/1", "RFC 9110 9.1", line("REPORT /test HTTP/1.1"), "REPORT /test"},
      {"method/2", "RFC 9110 9.3.6", "CONNECT 0-home0.a:443 HTTP/1.0\r\n\r\nsome data\r\n", "501"},
      {"method/3", "RFC 9110 9.3.6", "CONNECT HOME0.A:443 HTTP/1.0\r\n\r\n", "501"},
      {"method/4", "RFC 9110 9.3.6", "CONNECT foo.a:443 HTTP/1.0\r\nContent-Length: 10\r\n\r\nblarfcicle", "501"},
      {"method/5, differs", "RFC 9112 3.2.4", line("M-SEARCH * HTTP/1.1", "239.255.255.250:1900"), "400"},
      {"method/6", "RFC 5789",
       "PATCH /file.txt HTTP/1.1\r\nHost: a\r\nIf-Match: \"e0023aa4e\"\r\nContent-Length: 10\r\n\r\ncccccccccc",
       "PATCH /file.txt [cccccccccc]"},
      {"method/7", "RFC 9110 9.1", line("PURGE /file.txt HTTP/1.1"), "PURGE /file.txt"},
      {"method/8", "RFC 9110 9.1", line("SEARCH / HTTP/1.1"), "SEARCH /"},
      {"method/9", "RFC 9110 9.1", "LINK /a.jpg HTTP/1.1\r\nHost: a\r\nLink: <http://b>; rel=\"tag\"\r\n\r\n",
       "LINK /a.jpg"},
      {"method/10", "RFC 9110 9.1", line("UNLINK /a.jpg HTTP/1.1"), "UNLINK /a.jpg"},
      {"method/11", "RFC 9110 9.1", line("SOURCE /music HTTP/1.1"), "SOURCE /music"},
      {"method/12, differs", "RFC 9112 2.3", line("SOURCE /music ICE/1.0"), "400"},
      {"method/13, differs", "RFC 9112 2.3", line("OPTIONS /music RTSP/1.0"), "400"},
      {"method/14, differs", "RFC 9112 2.3", line("ANNOUNCE /music RTSP/1.0"), "400"},
      {"method/15, differs", "RFC 9112 3.2.4", line("PRI * HTTP/1.1") + "SM\r\n\r\n", "400"},
      {"method/16", "RFC 9110 9.1", "QUERY /c HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\nselect * from c",
       "QUERY /c [select * from c]"},
  });
}

TEST(Http1Conformance, LlhttpSamples) {
  check({
      {"sample/1", "RFC 9112 5", "OPTIONS /url HTTP/1.1\r\nHost: a\r\nX:\t Value2\r\n\r\n", "OPTIONS /url X=Value2"},
      {"sample/2", "RFC 9112 3", line("HEAD /url HTTP/1.1"), "HEAD /url"},
      {"sample/3", "RFC 9112 3",
       "GET /test HTTP/1.1\r\nUser-Agent: curl/7.18.0 (i486-pc-linux-gnu)\r\nHost: 0.0.0.0=5000\r\nAccept: */*\r\n\r\n",
       "GET /test"},
      {"sample/4", "RFC 9112 3",
       "GET /favicon.ico HTTP/1.1\r\nHost: 0.0.0.0=5000\r\nAccept: text/html,application/xml;q=0.9,*/*;q=0.8\r\n"
       "Accept-Charset: ISO-8859-1,utf-8;q=0.7,*;q=0.7\r\nKeep-Alive: 300\r\nConnection: keep-alive\r\n\r\n",
       "GET /favicon.ico"},
      {"sample/5", "RFC 9110 5.5", get("x:++++++++++\r\n"), "GET / X=++++++++++"},
      {"sample/6", "RFC 9112 3.2", line("GET /get_no_headers_no_body/world HTTP/1.1"),
       "GET /get_no_headers_no_body/world"},
      {"sample/7", "RFC 9112 5", get("Accept: */*\r\n"), "GET /"},
      {"sample/8", "RFC 9112 6.3", "GET /test HTTP/1.0\r\nHost: 0.0.0.0:5000\r\nAccept: */*\r\n\r\n",
       "GET /test close"},
      {"sample/9", "RFC 9112 2.2", "\r\n" + get(""), "GET /"},
      {"sample/10, differs", "RFC 9112 3", "GET /\r\n\r\n", "400"},
      {"sample/11, strict", "RFC 9112 5.2", get("Line1:   abc\r\n\tdef\r\n ghi\r\n"), "400"},
      {"sample/12", "RFC 9112 2.2", "GET / HTTP/1.1\r\nLine1:   abc\n\tdef\n ghi\n\n", "400"},
      {"sample/13", "RFC 9112 2.2", "GET / HTTP/1.1\rLine: 1\r\n\r\n", "400"},
      {"sample/15", "RFC 9112 2.2", "\r\nGET /url HTTP/1.1\r\nHost: a\r\nX: Value1\r\n\r\n", "GET /url X=Value1"},
      {"sample/16", "RFC 9110 5.5", get("X: D\xc3\xbcsseldorf\r\n"), "GET / X=D\xc3\xbcsseldorf"},
      {"sample/17", "RFC 9110 5.5", get("X: \xffValue2\r\n"), "GET / X=\xffValue2"},
      {"sample/18, strict", "RFC 9112 5.2", get("X-SSL-Nonsense:   -----BEGIN CERTIFICATE-----\r\n\tMIIFbTCC\r\n"),
       "400"},
  });
}

TEST(Http1Conformance, LlhttpTransferEncoding) {
  const std::string tail = "World\r\n0\r\n\r\n";
  const auto coding = [&tail](std::string_view fields) { return put(fields, "5\r\n" + tail); };
  check({
      {"transfer-encoding/1", "RFC 9112 7.1", chunked(""), "need more"},
      {"transfer-encoding/2", "RFC 9112 7.1", chunked("a\r\n0123456789\r\n0\r\n\r\n"), "PUT /url [0123456789]"},
      {"transfer-encoding/3", "RFC 9112 7.1", chunked("A\r\n0123456789\r\n0\r\n\r\n"), "PUT /url [0123456789]"},
      {"transfer-encoding/4", "RFC 9112 7.1", chunked("1e\r\nall your base are belong to us\r\n0\r\n\r\n"),
       "PUT /url [all your base are belong to us]"},
      {"transfer-encoding/5", "RFC 9112 7.1", chunked("5\r\nhello\r\n6\r\n world\r\n000\r\n\r\n"),
       "PUT /url [hello world]"},
      {"transfer-encoding/6", "RFC 9112 7.1.2",
       chunked("5\r\nhello\r\n6\r\n world\r\n0\r\nVary: *\r\nX: a trailer\r\n\r\n") + get(""),
       "PUT /url [hello world]; GET /"},
      {"transfer-encoding/7", "RFC 9112 7.1.1",
       chunked("5;ilovew3;somuchlove=aretheseparametersfor\r\nhello\r\n6;blah;blah\r\n world\r\n0\r\n\r\n"),
       "PUT /url [hello world]"},
      {"transfer-encoding/8", "RFC 9112 7.1.1", chunked("2 erfrferferf\r\naa\r\n0 rrrr\r\n\r\n"), "400"},
      {"transfer-encoding/9", "RFC 9112 7.1.1", chunked("2;\r\naa\r\n0\r\n\r\n"), "400"},
      {"transfer-encoding/10", "RFC 9110 5.6.4",
       chunked("5;a=\"I \\\"love\\\"; \\\\extensions\\\\\";b=\"c\";blah;foo=bar\r\nhello\r\n0\r\n\r\n"),
       "PUT /url [hello]"},
      {"transfer-encoding/11", "RFC 9110 5.6.4", chunked("5;a=\"abc\";b=\"def; ghi\r\nhello\r\n0\r\n\r\n"), "400"},
      {"transfer-encoding/12", "RFC 9112 6.3", put("Transfer-Encoding: pigeons\r\n"), "400"},
      {"transfer-encoding/13", "RFC 9112 6.1", put("Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "World"),
       "400"},
      {"transfer-encoding/15", "RFC 9112 6.1",
       put("Content-Length: 10\r\nTransfer-Encoding:\r\nTransfer-Encoding:\r\n", "2\r\nAA\r\n0\r\n\r\n"), "400"},
      {"transfer-encoding/16", "RFC 9112 6.3", coding("Transfer-Encoding: chunked, deflate\r\n"), "400"},
      {"transfer-encoding/17", "RFC 9112 6.3", coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: deflate\r\n"),
       "400"},
      {"transfer-encoding/20, differs", "RFC 9112 6.1", coding("Transfer-Encoding: deflate, chunked\r\n"), "501"},
      {"transfer-encoding/21, differs", "RFC 9112 6.1",
       coding("Transfer-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n"), "501"},
      {"transfer-encoding/22", "RFC 9112 6.3", coding("Transfer-Encoding: chunkedchunked\r\n"), "400"},
      {"transfer-encoding/23", "RFC 9112 7.1", chunked("3\r\nfoo\r\n\r\n"), "400"},
      {"transfer-encoding/24", "RFC 9112 7.1", chunked("3 \n  \r\nfoo\r\n"), "400"},
      {"transfer-encoding/25, strict", "RFC 9112 5.2", coding("Transfer-Encoding: chunked\r\n  abc\r\n"), "400"},
      {"transfer-encoding/26", "RFC 9112 7.1", chunked("5\r\r;ABCD\r\n34\r\nE\r\n0\r\n\r\n"), "400"},
      {"transfer-encoding/28", "RFC 9112 7.1", chunked("5\r\nABCDE0\r\n\r\n"), "400"},
      {"transfer-encoding/30", "RFC 9112 7.1.1", chunked("a \r\n0123456789\r\n0\r\n\r\n"), "400"},
  });
}

TEST(Http1Conformance, LlhttpTargets) {
  check({
      {"uri/1", "RFC 3986 2", line("GET /with_\"lovely\"_quotes?foo=\"bar\" HTTP/1.1"),
       "GET /with_\"lovely\"_quotes?foo=\"bar\""},
      {"uri/2", "RFC 3986 3.4", line("GET /test.cgi?foo=bar?baz HTTP/1.1"), "GET /test.cgi?foo=bar?baz"},
      {"uri/3", "RFC 9110 4.2.3", line("GET http://a?hail=all HTTP/1.1"), "GET /?hail=all"},
      {"uri/4", "RFC 9112 3.2.2", line("GET http://a:1234?hail=all HTTP/1.1", "a:1234"), "GET /?hail=all"},
      {"uri/5", "RFC 9112 3.2", line("GET /test.cgi?query=| HTTP/1.1"), "GET /test.cgi?query=|"},
      {"uri/6", "RFC 9112 3.2.2", line("GET http://a:1234 HTTP/1.1", "a:1234"), "GET /"},
      {"uri/7", "RFC 3986 2", line("GET /\xce\xb4\xc2\xb6/pope?q=1 HTTP/1.1"), "400"},
      {"uri/8, differs", "RFC 9112 3.2", line("GET /forums?page=1#posts HTTP/1.1"), "400"},
      {"uri/9", "RFC 9110 9.3.6", "CONNECT home_0.a:443 HTTP/1.0\r\n\r\n", "501"},
      {"uri/10, differs", "RFC 9110 4.2.4", line("GET http://a%12:b!&*$@a:1234/toto HTTP/1.1", "a:1234"), "400"},
      {"uri/11", "RFC 9112 3.2", line("GET /foo bar/ HTTP/1.1"), "400"},
      {"url/1, differs", "RFC 9112 3.2", line("GET http://a/path?query=value#schema HTTP/1.1"), "400"},
      {"url/2, differs", "RFC 9112 3.2", line("GET /path?query=value#schema HTTP/1.1"), "400"},
      {"url/3", "RFC 9112 3.2", line("GET schema:/path?query=value HTTP/1.1"), "400"},
      {"url/4", "RFC 9112 3.2.2", line("GET http://a/ HTTP/1.1"), "GET /"},
      {"url/5", "RFC 9112 3.2.2", line("GET http://a:444/ HTTP/1.1", "a:444"), "GET /"},
      {"url/6", "RFC 3986 3.2.2", line("GET http://[1:2::3:4]/ HTTP/1.1", "[1:2::3:4]"), "GET /"},
      {"url/7", "RFC 3986 3.2.2", line("GET http://[1:2::3:4]:67/ HTTP/1.1", "[1:2::3:4]:67"), "GET /"},
      {"url/8", "RFC 3986 3.2.2", line("GET http://[2001::1.9.1.1]/ HTTP/1.1", "[2001::1.9.1.1]"), "GET /"},
      {"url/9", "RFC 3986 3.4", line("GET http://a/p/??b.css,c.css?t=1 HTTP/1.1"), "GET /p/??b.css,c.css?t=1"},
      {"url/10", "RFC 3986 2.1", line("GET /toto.html?toto=a%20b HTTP/1.1"), "GET /toto.html?toto=a%20b"},
      {"url/11, differs", "RFC 9112 3.2", line("GET /toto.html#titi HTTP/1.1"), "400"},
      {"url/12, differs", "RFC 9112 3.2", line("GET http://a/r?url=http://b/?c=d#e HTTP/1.1"), "400"},
      {"url/13, differs", "RFC 9112 3.2", line("GET http://a:8080/p?query=string#hash HTTP/1.1", "a:8080"), "400"},
      {"url/14, differs", "RFC 9110 4.2.4", line("GET http://a:b@a/p HTTP/1.1"), "400"},
      {"url/15", "RFC 9110 4.2.4", line("GET http://a:b@@a/ HTTP/1.1"), "400"},
      {"url/16, differs", "RFC 9110 4.2.4", line("GET http://a%20:b@a/ HTTP/1.1"), "400"},
      {"url/17, differs", "RFC 9110 4.2.4", line("GET http://a!;-_!=+$@a/ HTTP/1.1"), "400"},
      {"url/18, differs", "RFC 6874", line("GET http://[fe80::a%25eth0]/ HTTP/1.1", "[fe80::a%25eth0]"), "400"},
      {"url/19, differs", "RFC 3986 3.2.2", line("GET http://[fe80::a%eth0]/ HTTP/1.1", "[fe80::a%eth0]"), "400"},
      {"url/20", "RFC 9112 3.2", line("GET /foo\tbar/ HTTP/1.1"), "400"},
      {"url/21", "RFC 9112 3.2", line("GET /foo\fbar/ HTTP/1.1"), "400"},
  });
}

}  // namespace
}  // namespace ashlar::http::detail
