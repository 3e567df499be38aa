// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http1_request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::http::detail {
namespace {

using Progress = Http1RequestDecoder::Progress;

constexpr Limits small{
    .request_line_bytes_max = 64, .header_bytes_max = 128, .header_count_max = 5, .body_bytes_max = 1000};

enum class Feed : std::uint8_t { at_once, byte_by_byte };

// What came of a message, as text, so that a table can say it: "400", "need more", or "GET /a?b ...".
std::string describe(const Request& request, const RequestHead& head) {
  std::string out(request.method_name);
  out.append(" path=").append(request.path);
  if (!request.query.empty()) out.append(" query=").append(request.query);
  out.append(" host=").append(request.authority);
  out.append(request.version == Version::http_1_1 ? " 1.1" : " 1.0");
  if (head.framing == BodyFraming::length) out.append(" length=").append(std::to_string(head.content_length));
  if (head.framing == BodyFraming::chunked) out.append(" chunked");
  if (head.expects_continue) out.append(" continue");
  out.append(head.keep_alive ? " keep" : " close");
  return out;
}

std::string decode(std::string_view bytes, Feed feed) {
  Http1RequestDecoder decoder(small);
  Request request;
  Progress progress = Progress::need_more;
  if (feed == Feed::at_once) {
    progress = decoder.decode(bytes, request);
  } else {
    std::string arrived;  // it moves as it grows, as a connection's buffer does
    for (std::size_t i = 0; i < bytes.size() && progress == Progress::need_more; ++i) {
      arrived = std::string(bytes.substr(0, i + 1));
      progress = decoder.decode(arrived, request);
      if (progress == Progress::ready) return describe(request, decoder.head());
    }
  }
  if (progress == Progress::need_more) return "need more";
  if (progress == Progress::refused) return std::to_string(decoder.refusal().status);
  return describe(request, decoder.head());
}

struct Case {
  std::string_view what;
  std::string bytes;
  std::string expected;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(decode(c.bytes, Feed::at_once), c.expected) << c.what << ":\n" << c.bytes;
    EXPECT_EQ(decode(c.bytes, Feed::byte_by_byte), c.expected) << c.what << ", byte by byte:\n" << c.bytes;
  }
}

std::string get(std::string_view fields) { return "GET / HTTP/1.1\r\n" + std::string(fields) + "\r\n"; }
std::string post(std::string_view fields) { return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n"; }
std::string target(std::string_view method, std::string_view text) {
  return std::string(method) + " " + std::string(text) + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
}

TEST(Http1Request, RefusesWhatHasNoClearLength) {
  check({
      {"a coding that is not chunked", post("Transfer-Encoding: gzip\r\n"), "400"},
      {"chunked not last", post("Transfer-Encoding: chunked, gzip\r\n"), "400"},
      {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n"), "400"},
      {"chunked twice, in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {"chunked, then identity in another field", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
       "400"},
      {"a coding that we do not have, then chunked", post("Transfer-Encoding: gzip, chunked\r\n"), "501"},
      {"the same in two fields", post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"), "501"},
      {"an empty coding", post("Transfer-Encoding: \r\n"), "400"},
      {"a comma too many", post("Transfer-Encoding: chunked,\r\n"), "400"},
      {"a coding hidden by a vertical tab",
       post("Transfer-Encoding: \x0b"
            "chunked\r\n"),
       "400"},
      {"a quoted coding", post("Transfer-Encoding: \"chunked\"\r\n"), "400"},
      {"xchunked", post("Transfer-Encoding: xchunked\r\n"), "400"},
      {"chunked with a parameter", post("Transfer-Encoding: chunked;a=b\r\n"), "400"},
      {"both, length first", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {"both, coding first", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), "400"},
      {"both, with an unknown coding", post("Content-Length: 3\r\nTransfer-Encoding: gzip\r\n"), "400"},
      {"a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n"), "400"},
      {"the same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n"), "400"},
      {"a list of lengths", post("Content-Length: 3, 3\r\n"), "400"},
      {"a signed length", post("Content-Length: +3\r\n"), "400"},
      {"a negative length", post("Content-Length: -3\r\n"), "400"},
      {"a hexadecimal length", post("Content-Length: 0x3\r\n"), "400"},
      {"a length with a space in it", post("Content-Length: 3 3\r\n"), "400"},
      {"no length", post("Content-Length: \r\n"), "400"},
      {"a length past 64 bits", post("Content-Length: 18446744073709551617\r\n"), "400"},
      {"a length over the limit", post("Content-Length: 1001\r\n"), "413"},
  });
}

TEST(Http1Request, RefusesMalformedFields) {
  check({
      {"folded", get("Host: a\r\nX: b\r\n c\r\n"), "400"},
      {"folded by a tab", get("Host: a\r\nX: b\r\n\tc\r\n"), "400"},
      {"folded after the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400"},
      {"a bare LF", get("Host: a\nX: b\r\n"), "400"},
      {"a bare LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", "400"},
      {"a bare LF ends the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", "400"},
      {"a bare CR", get("Host: a\r\nX: b\rc\r\n"), "400"},
      {"two CR", get("Host: a\r\r\n"), "400"},
      {"NUL in a value", get(std::string_view("Host: a\r\nX: b\0c\r\n", 17)), "400"},
      {"NUL in a name", get(std::string_view("Host: a\r\nX\0: b\r\n", 16)), "400"},
      {"a control character in a value", get("Host: a\r\nX: \x01\r\n"), "400"},
      {"DEL in a value", get("Host: a\r\nX: \x7f\r\n"), "400"},
      {"a space before the colon", get("Host : a\r\n"), "400"},
      {"a tab before the colon", get("Host: a\r\nX\t: b\r\n"), "400"},
      {"no colon", get("Host: a\r\nX\r\n"), "400"},
      {"an empty name", get("Host: a\r\n: b\r\n"), "400"},
      {"a name that is no token", get("Host: a\r\nX(y): b\r\n"), "400"},
      {"a name outside ASCII", get("Host: a\r\nX\xc3\xa4: b\r\n"), "400"},
      {"a malformed Connection", get("Host: a\r\nConnection: close keep-alive\r\n"), "400"},
  });
}

TEST(Http1Request, RefusesAHostThatIsNotOne) {
  check({
      {"none", get(""), "400"},
      {"two", get("Host: a\r\nHost: b\r\n"), "400"},
      {"the same twice", get("Host: a\r\nHost: a\r\n"), "400"},
      {"two in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"empty", get("Host: \r\n"), "400"},
      {"with a path", get("Host: a/b\r\n"), "400"},
      {"with user information", get("Host: me@a\r\n"), "400"},
      {"with a space", get("Host: a b\r\n"), "400"},
      {"a list", get("Host: a, b\r\n"), "400"},
      {"a bad port", get("Host: a:b\r\n"), "400"},
      {"a port over 65535", get("Host: a:65536\r\n"), "400"},
      {"only a port", get("Host: :80\r\n"), "400"},
      {"two ports", get("Host: a:1:2\r\n"), "400"},
      {"an open bracket", get("Host: [::1\r\n"), "400"},
      {"not an IPv6 address", get("Host: [::g]\r\n"), "400"},
      {"a zone", get("Host: [fe80::1%25eth0]\r\n"), "400"},
      {"junk behind the bracket", get("Host: [::1]a\r\n"), "400"},
      {"a bad escape", get("Host: a%2\r\n"), "400"},
      {"outside ASCII", get("Host: \xc3\xa4\r\n"), "400"},
  });
}

TEST(Http1Request, RefusesMalformedRequestLines) {
  check({
      {"HTTP/0.9", "GET /\r\n", "400"},
      {"nothing but a word", "GET\r\n", "400"},
      {"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a space behind", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400"},
      {"a space before", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a version with a word", "GET / HTTP/one\r\nHost: a\r\n\r\n", "400"},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505"},
      {"HTTP/3.7", "GET / HTTP/3.7\r\n", "505"},
      {"TLS on a plain port", std::string("\x16\x03\x01\x02\x00\x01", 6), "400"},
      {"blank lines without end", "\r\n\r\n\r\n\r\n\r\n", "400"},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "501"},
  });
}

TEST(Http1Request, RefusesMalformedTargets) {
  check({
      {"no slash", target("GET", "a"), "400"},
      {"the authority form", target("GET", "a.example:80"), "400"},
      {"the asterisk form but not OPTIONS", target("GET", "*"), "400"},
      {"two asterisks", target("OPTIONS", "**"), "400"},
      {"a fragment", target("GET", "/a#b"), "400"},
      {"a control character", target("GET", "/a\x01"), "400"},
      {"DEL", target("GET", "/a\x7f"), "400"},
      {"outside ASCII", target("GET", "/\xc3\xa4"), "400"},
      {"another host", target("GET", "http://b.example/"), "400"},
      {"another port", target("GET", "http://a.example:81/"), "400"},
      {"the default port of another scheme", target("GET", "https://a.example:80/"), "400"},
      {"user information", target("GET", "http://me@a.example/"), "400"},
      {"no host", target("GET", "http:///a"), "400"},
      {"another scheme", target("GET", "ftp://a.example/"), "400"},
      {"a scheme and no authority", target("GET", "http:/a"), "400"},
  });
}

TEST(Http1Request, RefusesWhatIsOverALimit) {
  const std::string line = "GET /" + std::string(64, 'a') + " HTTP/1.1\r\n";
  const std::string large = "Host: a\r\nX: " + std::string(128, 'x') + "\r\n";
  check({
      {"the request line", line + "Host: a\r\n\r\n", "414"},
      {"a request line without end", "GET /" + std::string(200, 'a'), "414"},
      {"one that may still end", "GET /" + std::string(80, 'a'), "need more"},
      {"one with a head that breaks another rule", line + "X\x01", "414"},
      {"one with too many fields", line + "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\n", "414"},
      {"one byte over", "GET /" + std::string(51, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", "414"},
      {"the headers", get(large), "431"},
      {"a header without end", "GET / HTTP/1.1\r\nX: " + std::string(130, 'x'), "431"},
      {"the number of headers", get("Host: a\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n"), "431"},
      {"malformed before it is too long", "GET /\x01" + std::string(80, 'a'), "400"},
  });
}

TEST(Http1Request, RefusesOtherExpectations) {
  check({
      {"another one", post("Content-Length: 1\r\nExpect: 200-ok\r\n"), "417"},
      {"one more", post("Content-Length: 1\r\nExpect: 100-continue, x\r\n"), "417"},
      {"in two fields", post("Content-Length: 1\r\nExpect: 100-continue\r\nExpect: x\r\n"), "417"},
  });
}

TEST(Http1Request, TakesWhatIsRight) {
  check({
      {"the least", get("Host: a\r\n"), "GET path=/ host=a 1.1 keep"},
      {"a query", target("GET", "/a/b?c=d?e"), "GET path=/a/b query=c=d?e host=a.example 1.1 keep"},
      {"an empty query", target("GET", "/a?"), "GET path=/a host=a.example 1.1 keep"},
      {"escapes stay", target("GET", "/%41%00"), "GET path=/%41%00 host=a.example 1.1 keep"},
      {"the absolute form", target("GET", "http://A.example:80/x?y"), "GET path=/x query=y host=A.example:80 1.1 keep"},
      {"the absolute form without a path", target("GET", "http://a.example"), "GET path=/ host=a.example 1.1 keep"},
      {"the absolute form with only a query", target("GET", "HTTP://a.example?q"),
       "GET path=/ query=q host=a.example 1.1 keep"},
      {"the asterisk form", target("OPTIONS", "*"), "OPTIONS path=* host=a.example 1.1 keep"},
      {"OPTIONS of a whole host", target("OPTIONS", "http://a.example"), "OPTIONS path=* host=a.example 1.1 keep"},
      {"a method of one's own", target("PURGE", "/"), "PURGE path=/ host=a.example 1.1 keep"},
      {"a method in lower case is another one", target("get", "/"), "get path=/ host=a.example 1.1 keep"},
      {"a port", get("Host: a:8080\r\n"), "GET path=/ host=a:8080 1.1 keep"},
      {"IPv6", get("Host: [::1]:80\r\n"), "GET path=/ host=[::1]:80 1.1 keep"},
      {"blank lines before", "\r\n\r\n" + get("Host: a\r\n"), "GET path=/ host=a 1.1 keep"},
      {"names without case", get("hOsT: a\r\n"), "GET path=/ host=a 1.1 keep"},
      {"blanks around a value", get("Host:\t a \t\r\n"), "GET path=/ host=a 1.1 keep"},
      {"bytes past ASCII in a value", get("Host: a\r\nX: \xc3\xa4\r\n"), "GET path=/ host=a 1.1 keep"},
      {"the longest request line", "GET /" + std::string(50, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
       "GET path=/" + std::string(50, 'a') + " host=a 1.1 keep"},
      {"close", get("Host: a\r\nConnection: x, Close\r\n"), "GET path=/ host=a 1.1 close"},
      {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "GET path=/ host= 1.0 close"},
      {"HTTP/1.0 that stays", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET path=/ host= 1.0 keep"},
      {"HTTP/1.0 expects in vain", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
       "POST path=/ host= 1.0 length=1 close"},
      {"a length", post("Content-Length: 1000\r\n"), "POST path=/ host=a 1.1 length=1000 keep"},
      {"a length of nothing", post("Content-Length: 0\r\n"), "POST path=/ host=a 1.1 keep"},
      {"a length with zeros", post("Content-Length: 007\r\n"), "POST path=/ host=a 1.1 length=7 keep"},
      {"chunked", post("Transfer-Encoding: Chunked\r\n"), "POST path=/ host=a 1.1 chunked keep"},
      {"expects", post("Content-Length: 1\r\nExpect: 100-Continue\r\n"),
       "POST path=/ host=a 1.1 length=1 continue keep"},
      {"expects without a body", post("Expect: 100-continue\r\n"), "POST path=/ host=a 1.1 keep"},
      {"half a head", "GET / HTTP/1.1\r\nHost: a\r\n", "need more"},
      {"half a line ending", "GET / HTTP/1.1\r\nHost: a\r\n\r", "need more"},
      {"nothing", "", "need more"},
  });
}

TEST(Http1Request, LeavesWhatFollowsAlone) {
  const std::string first = get("Host: a\r\n");
  const std::string both = first + "POST /2 HTTP/1.1\r\nHost: b\r\n\r\n";
  Http1RequestDecoder decoder(small);
  Request request;
  ASSERT_EQ(decoder.decode(both, request), Progress::ready);
  EXPECT_EQ(decoder.head().bytes, first.size());
  decoder.reset();
  ASSERT_EQ(decoder.decode(std::string_view(both).substr(first.size()), request), Progress::ready);
  EXPECT_EQ(request.path, "/2");
  EXPECT_EQ(request.authority, "b");
  EXPECT_EQ(request.headers.all().size(), 1U);
}

TEST(Http1Request, FieldsAreViewsInTheirOrder) {
  const std::string bytes = get("Host: a\r\nX-One: 1\r\nx-one: 2\r\nEmpty:\r\n");
  Http1RequestDecoder decoder(small);
  Request request;
  ASSERT_EQ(decoder.decode(bytes, request), Progress::ready);
  EXPECT_EQ(request.headers.get("X-ONE"), "1");
  EXPECT_EQ(request.headers.count("x-one"), 2U);
  EXPECT_EQ(request.headers.find("empty"), "");
  EXPECT_EQ(request.headers.find("none"), std::nullopt);
  EXPECT_EQ(request.headers.all()[2].name, "x-one");
  for (const Field& field : request.headers.all()) {
    EXPECT_TRUE(field.name.data() >= bytes.data() && field.name.data() < bytes.data() + bytes.size());
  }
}

}  // namespace
}  // namespace ashlar::http::detail
