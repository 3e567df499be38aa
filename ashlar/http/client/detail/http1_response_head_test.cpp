// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/http1_response_head.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::http::detail {
namespace {

using namespace std::string_literals;
using Progress = Http1ResponseHeadDecoder::Progress;
using Framing = ReceivedHead::Framing;
constexpr ResponseHeadLimits small{.bytes_max = 120, .fields_max = 4};

std::string described(ReceivedHead& head) {
  std::string out = std::to_string(head.status);
  switch (head.framing) {
    case Framing::none:
      out += " none";
      break;
    case Framing::length:
      out += " length " + std::to_string(head.content_length);
      break;
    case Framing::chunked:
      out += " chunked";
      break;
    case Framing::until_close:
      out += " until close";
      break;
  }
  if (head.keep_alive) out += ", kept";
  if (head.idle_time_max) out += " for " + std::to_string(head.idle_time_max->count()) + " s";
  return out;
}

std::string decode(std::string_view bytes, std::size_t piece, Method method) {
  Http1ResponseHeadDecoder decoder(small, method);
  for (std::size_t size = std::min(piece, bytes.size());; size = std::min(size + piece, bytes.size())) {
    const std::string arrived(bytes.substr(0, size));
    switch (decoder.decode(arrived)) {
      case Progress::ready:
        return described(decoder.head()) + "|" + std::string(bytes.substr(decoder.head().bytes));
      case Progress::malformed:
        EXPECT_FALSE(std::string(decoder.broken_rule()).empty());
        return "malformed";
      case Progress::too_large:
        return "too large";
      case Progress::need_more:
        if (size == bytes.size()) return "need more";
    }
  }
}

struct Case {
  std::string bytes;
  std::string expected;
  Method method = Method::get;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, c.bytes.size()})
      EXPECT_EQ(decode(c.bytes, piece, c.method), c.expected) << "in pieces of " << piece << ":\n" << c.bytes;
  }
}

TEST(Http1ResponseHead, RefusesWhatIsMalformed) {
  for (const std::string& head :
       std::vector<std::string>{"\r\nHTTP/1.1 200 OK\r\n\r\n",
                                "HTTP/1.1 200 OK\n\n",
                                "HTTP/1.1 200 OK\r\n\n",
                                "HTTP/1.1 200 OK\rX\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"s,
                                "HTTP/1.1 200 O\0K\r\n\r\n"s,
                                "HTTP/1.1 200 OK\r\nA: \x7f\r\n\r\n",
                                "HTTP/1.1  200 OK\r\n\r\n",
                                "HTTP/1.1\t200 OK\r\n\r\n",
                                "http/1.1 200 OK\r\n\r\n",
                                "HTTP/1.2 200 OK\r\n\r\n",
                                "HTTP/2 200 OK\r\n\r\n",
                                "HTTP/2.0 200 OK\r\n\r\n",
                                "HTTP/0.9 200 OK\r\n\r\n",
                                "ICY 200 OK\r\n\r\n",
                                "HTTP/1.1 20 OK\r\n\r\n",
                                "HTTP/1.1 2000 OK\r\n\r\n",
                                "HTTP/1.1 099 OK\r\n\r\n",
                                "HTTP/1.1 600 OK\r\n\r\n",
                                "HTTP/1.1 +20 OK\r\n\r\n",
                                "HTTP/1.1 2x0 OK\r\n\r\n",
                                "HTTP/1.1 200OK\r\n\r\n",
                                "HTTP/1.1 20\r\n\r\n",
                                "HTTP/1.1 \r\n\r\n",
                                "HTTP/1.1 101 Switching\r\n\r\n",
                                "<html>\r\n\r\n",
                                " HTTP/1.1 200 OK\r\n\r\n",
                                "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nA: b\r\n\tc: d\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
                                "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nA\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n",
                                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nConnection: a b\r\n\r\n"}) {
    check({{head, "malformed"}});
  }
}

TEST(Http1ResponseHead, RefusesWhatIsOverALimit) {
  check({{"HTTP/1.1 200 " + std::string(200, 'a'), "too large"},
         {"HTTP/1.1 200 OK\r\nA: " + std::string(200, 'a'), "too large"},
         {"HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5\r\n\r\n", "too large"},
         {"HTTP/1.1 200 OK\r\nA: " + std::string(97, 'a') + "\r\n\r\n", "too large"},
         {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: " + std::string(75, 'a') + "\r\n\r\n", "200 none, kept|"}});
}

TEST(Http1ResponseHead, FindsHowTheBodyEnds) {
  check(
      {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 length 5, kept|hello"},
       {"HTTP/1.1 200\r\ncontent-length:5\t\r\n\r\n", "200 length 5, kept|"},
       {"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 none, kept|"},
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", "200 chunked, kept|"},
       {"HTTP/1.1 200 OK\r\n\r\n", "200 until close|"},
       {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", "200 length 5|"},
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: foo, Close\r\n\r\n", "200 length 5|"},
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: max=9, timeout=5\r\n\r\n", "200 length 5, kept for 5 s|"},
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: timeout=x\r\n\r\n", "200 length 5, kept|"},
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "200 none, kept|", Method::head},
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "200 none, kept|", Method::head},
       {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304 none, kept|"},
       {"HTTP/1.1 204 No Content\r\n\r\n", "204 none, kept|"},
       {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "204 none, kept|"},
       {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "204 none|"},
       {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", "204 none|"},
       {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1", "100 none, kept|HTTP/1.1"},
       {"HTTP/1.1 404 Nicht \xc3\xbc\r\nContent-Length: 1\r\n\r\n", "404 length 1, kept|"},
       {"HTTP/1.1 200 OK\r\n", "need more"},
       {"HTTP/1.1 200 OK\r\nA: b\r\n\r", "need more"}});
}

}  // namespace
}  // namespace ashlar::http::detail
