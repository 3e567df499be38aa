// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http1_chunked.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::http::detail {
namespace {

using Outcome = ChunkedDecoder::Outcome;
constexpr ChunkedLimits small{.body_bytes_max = 100, .extension_bytes_max = 10, .trailer_bytes_max = 20};

// Feeds `bytes` in pieces of `piece` and says what came: the data, then how it ended and what was left over.
std::string decode(std::string_view bytes, std::size_t piece) {
  ChunkedDecoder decoder(small);
  std::string data;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ChunkedDecoder::Step step = decoder.step(bytes.substr(at, piece));
    at += step.consumed;
    data += step.data;
    switch (step.outcome) {
      case Outcome::need_more:
      case Outcome::data:
        break;
      case Outcome::end:
        return data + "|end|" + std::string(bytes.substr(at));
      case Outcome::malformed:
        return "malformed";
      case Outcome::too_large:
        return "too large";
    }
  }
  return data + "|need more|";
}

struct Case {
  std::string_view what;
  std::string bytes;
  std::string expected;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, c.bytes.size()}) {
      EXPECT_EQ(decode(c.bytes, piece), c.expected) << c.what << ", in pieces of " << piece << ":\n" << c.bytes;
    }
  }
}

TEST(Http1Chunked, RefusesWhatIsMalformed) {
  check({
      {"no size", "\r\n", "malformed"},
      {"a malformed size", "x\r\n", "malformed"},
      {"a sign", "+1\r\na\r\n", "malformed"},
      {"a negative size", "-1\r\na\r\n", "malformed"},
      {"0x", "0x1\r\na\r\n", "malformed"},
      {"a blank before the size", " 1\r\na\r\n", "malformed"},
      {"a blank behind the size", "1 \r\na\r\n", "malformed"},
      {"a size past 64 bits", "10000000000000000\r\n", "malformed"},
      {"zeros without end", "00000000000000001\r\na\r\n", "malformed"},
      {"a bare LF behind the size", "1\na\r\n0\r\n\r\n", "malformed"},
      {"a bare CR behind the size", "1\ra\r\n0\r\n\r\n", "malformed"},
      {"a bare LF in an extension", "1;a\na\r\n0\r\n\r\n", "malformed"},
      {"a control character in an extension", "1;\x01\r\na\r\n", "malformed"},
      {"a semicolon and no extension", "1;\r\na\r\n", "malformed"},
      {"a semicolon, a blank and no extension", "1; \r\na\r\n", "malformed"},
      {"an extension without a name", "1;=a\r\na\r\n", "malformed"},
      {"two semicolons", "1;;a\r\na\r\n", "malformed"},
      {"an extension that ends in an equals sign", "1;a=\r\na\r\n", "malformed"},
      {"a blank behind an extension", "1;a \r\na\r\n", "malformed"},
      {"a blank behind an extension's value", "1;a=b \r\na\r\n", "malformed"},
      {"an extension of two words", "1;a b\r\na\r\n", "malformed"},
      {"an extension's value of two words", "1;a=b c\r\na\r\n", "malformed"},
      {"an open quotation mark", "1;a=\"b\r\na\r\n", "malformed"},
      {"an escaped CR in quotation marks", "1;a=\"\\\r\n\"\r\na\r\n", "malformed"},
      {"a token behind quotation marks", "1;a=\"b\"c\r\na\r\n", "malformed"},
      {"no CR LF behind the data", "1\r\na0\r\n\r\n", "malformed"},
      {"a bare LF behind the data", "1\r\na\n0\r\n\r\n", "malformed"},
      {"another byte before the LF behind the data", "1\r\naX\n0\r\n\r\n", "malformed"},
      {"a bare CR behind the data", "1\r\na\r0\r\n\r\n", "malformed"},
      {"more data than the size", "1\r\nab\r\n0\r\n\r\n", "malformed"},
      {"a bare LF at the end", "0\r\n\n", "malformed"},
      {"junk at the end", "0\r\n\rX", "malformed"},
      {"a trailer without a colon", "0\r\nX\r\n\r\n", "malformed"},
      {"a trailer without a name", "0\r\n: a\r\n\r\n", "malformed"},
      {"a folded trailer", "0\r\nX: a\r\n b\r\n\r\n", "malformed"},
      {"a blank before a trailer's colon", "0\r\nX : a\r\n\r\n", "malformed"},
      {"a bare LF in a trailer", "0\r\nX: a\nY: b\r\n\r\n", "malformed"},
      {"NUL in a trailer", std::string("0\r\nX: \0\r\n\r\n", 11), "malformed"},
  });
}

TEST(Http1Chunked, RefusesWhatIsOverALimit) {
  check({
      {"a chunk", "65\r\n", "too large"},
      {"chunks together", "60\r\n" + std::string(96, 'a') + "\r\n5\r\n", "too large"},
      {"the largest size there is", "FFFFFFFFFFFFFFFF\r\n", "too large"},
      {"extensions together", "1;abcde\r\na\r\n1;abcde\r\n", "too large"},
      {"an extension without end", "1;" + std::string(20, 'a'), "too large"},
      {"trailers together", "0\r\nX: 123456\r\nY: 12345678901\r\n\r\n", "too large"},
  });
}

TEST(Http1Chunked, GivesTheDataAndLeavesTheRest) {
  check({
      {"nothing", "0\r\n\r\nGET", "|end|GET"},
      {"one", "3\r\nabc\r\n0\r\n\r\n", "abc|end|"},
      {"two", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nX", "abcde|end|X"},
      {"hexadecimal in both cases, zeros before", "00a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n",
       "01234567890123456789|end|"},
      {"data that looks like a frame", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n|end|"},
      {"extensions", "1;a=\"b\"\r\nx\r\n0 ; c\r\n\r\n", "x|end|"},
      {"blanks around all of it", "1\t; a = b\r\nx\r\n0\r\n\r\n", "x|end|"},
      {"several extensions", "1;a;b=c ;d\r\nx\r\n0\r\n\r\n", "x|end|"},
      {"escapes and a semicolon in quotation marks", "1;a=\"\\\";\"\r\nx\r\n0\r\n\r\n", "x|end|"},
      {"nothing in quotation marks", "1;a=\"\";b\r\nx\r\n0\r\n\r\n", "x|end|"},
      {"trailers", "1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\nY", "x|end|Y"},
      {"as much as is allowed", "64\r\n" + std::string(100, 'a') + "\r\n0\r\n\r\n", std::string(100, 'a') + "|end|"},
      {"half a chunk", "3\r\nab", "ab|need more|"},
      {"no last CR LF", "0\r\n", "|need more|"},
  });
}

}  // namespace
}  // namespace ashlar::http::detail
