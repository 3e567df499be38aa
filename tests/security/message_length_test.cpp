// SPDX-License-Identifier: Apache-2.0
// Where a request's body ends: what two programs on one connection must never see differently.
#include "tests/security/shapes.hpp"

#include <gtest/gtest.h>

namespace ashlar::test {
namespace {

std::string coding(std::string_view value) { return post(std::string("Transfer-Encoding:").append(value) + "\r\n"); }
std::string length(std::string_view value) { return post(std::string("Content-Length:").append(value) + "\r\n"); }

TEST(MessageLength, BothLengthAndCodingAreRefused) {
  constexpr std::string_view coded = "0\r\n\r\nG";
  const auto both = [&](std::string_view fields) { return post(fields).append(coded); };
  check(std::vector<Refused>{
      {"the length wins here, the coding there", "RFC 9112 6.1", 400,
       both("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n")},
      {"the coding first", "RFC 9112 6.1", 400, both("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n")},
      {"a length that fits both", "RFC 9112 6.1", 400,
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
      {"a length of zero", "RFC 9112 6.1", 400, both("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n")},
      {"in varying case", "RFC 9110 5.1", 400, both("content-LENGTH: 6\r\ntRANSFER-eNCODING: CHUNKED\r\n")},
      {"far from each other", "RFC 9112 6.1", 400, both("Content-Length: 6\r\nX: 1\r\nTransfer-Encoding: chunked\r\n")},
      {"with the coding identity", "RFC 9112 6.1", 400, both("Content-Length: 6\r\nTransfer-Encoding: identity\r\n")},
      {"with an empty coding", "RFC 9112 6.1", 400, both("Content-Length: 6\r\nTransfer-Encoding:\r\n")},
      {"with an unknown coding", "RFC 9112 6.1", 400, both("Content-Length: 6\r\nTransfer-Encoding: x\r\n")},
      {"of a GET", "RFC 9112 6.1", 400,
       get_with_host("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
      {"two codings and a length", "RFC 9112 6.1", 400,
       both("Transfer-Encoding: chunked\r\nContent-Length: 6\r\nTransfer-Encoding: x\r\n")},
  });
}

TEST(MessageLength, CodingsThatAreReadInTwoWaysAreRefused) {
  std::vector<Refused> shapes{
      {"xchunked", "RFC 9112 6.3 (4)", 400, coding(" xchunked")},
      {"chunkedchunked", "RFC 9112 6.3 (4)", 400, coding(" chunkedchunked")},
      {"chunk", "RFC 9112 6.3 (4)", 400, coding(" chunk")},
      {"chunked twice", "RFC 9112 7", 400, coding(" chunked, chunked")},
      {"chunked twice, in two fields", "RFC 9112 7", 400,
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"chunked, then another", "RFC 9112 6.3 (4)", 400, coding(" chunked, identity")},
      {"chunked, then another in a field of its own", "RFC 9112 6.3 (4)", 400,
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n")},
      {"chunked, then an empty field", "RFC 9112 6.3 (4)", 400,
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n")},
      {"a vertical tab before it", "RFC 9110 5.5", 400,
       coding(" \x0b"
              "chunked")},
      {"a vertical tab behind it", "RFC 9110 5.5", 400, coding(" chunked\x0b")},
      {"a form feed before it", "RFC 9110 5.5", 400,
       coding("\x0c"
              "chunked")},
      {"a NUL behind it", "RFC 9110 5.5", 400, coding(with_nul(" chunked~"))},
      {"a no-break space before it", "RFC 9110 5.6.2", 400,
       coding(" \xa0"
              "chunked")},
      {"folded", "RFC 9112 5.2", 400, coding("\r\n chunked")},
      {"folded by a tab", "RFC 9112 5.2", 400, coding("\r\n\tchunked")},
      {"folded behind it", "RFC 9112 5.2", 400, coding(" chunked\r\n , identity")},
      {"folded behind a field that hides it", "RFC 9112 5.2", 400, post("X: 1\r\n Transfer-Encoding: chunked\r\n")},
      {"a bare LF hides it in another field", "RFC 9112 2.2", 400, post("X: 1\nTransfer-Encoding: chunked\r\n")},
      {"a bare CR hides it in another field", "RFC 9112 2.2", 400, post("X: 1\rTransfer-Encoding: chunked\r\n")},
      {"a blank before the colon", "RFC 9112 5.1", 400, post("Transfer-Encoding : chunked\r\n")},
      {"a tab before the colon", "RFC 9112 5.1", 400, post("Transfer-Encoding\t: chunked\r\n")},
      {"a blank before the name", "RFC 9112 2.2", 400,
       "POST /echo HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: a\r\n\r\n"},
      {"a trailing comma", "RFC 9110 5.6.1.1", 400, coding(" chunked,")},
      {"a leading comma", "RFC 9110 5.6.1.1", 400, coding(" ,chunked")},
      {"identity", "RFC 9112 6.3 (4)", 400, coding(" identity")},
      {"nothing", "RFC 9112 6.3 (4)", 400, coding("")},
      {"quoted", "RFC 9112 7", 400, coding(" \"chunked\"")},
      {"quoted by an apostrophe", "RFC 9112 6.3 (4)", 400, coding(" 'chunked'")},
      {"with a parameter", "RFC 9112 7.1", 400, coding(" chunked;q=1")},
      {"two words", "RFC 9112 7", 400, coding(" identity chunked")},
      {"gzip alone", "RFC 9112 6.3 (4)", 400, coding(" gzip")},
      {"gzip before it", "RFC 9112 6.1", 501, coding(" gzip, chunked")},
      {"gzip before it, in two fields", "RFC 9112 6.1", 501,
       post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")},
      {"identity before it", "RFC 9112 6.1", 501, coding(" identity, chunked")},
      {"in HTTP/1.0", "RFC 9112 6.1", 400,
       "POST /echo HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"},
  };
  // Who takes the coding finds a whole body, and answers 200.
  for (Refused& shape : shapes) shape.bytes.append("0\r\n\r\n");
  check(shapes);
}

TEST(MessageLength, LengthsThatAreReadInTwoWaysAreRefused) {
  check(std::vector<Refused>{
      {"two", "RFC 9112 6.3 (5)", 400, post("Content-Length: 5\r\nContent-Length: 0\r\n") + "abcde"},
      {"the same twice", "RFC 9112 6.3 (5)", 400, post("Content-Length: 5\r\nContent-Length: 5\r\n") + "abcde"},
      {"a list", "RFC 9110 8.6", 400, length(" 5, 0") + "abcde"},
      {"a list of the same", "RFC 9110 8.6", 400, length(" 5, 5") + "abcde"},
      {"a trailing comma", "RFC 9110 8.6", 400, length(" 5,") + "abcde"},
      {"a plus sign", "RFC 9110 8.6", 400, length(" +5") + "abcde"},
      {"a minus sign", "RFC 9110 8.6", 400, length(" -5") + "abcde"},
      {"minus zero", "RFC 9110 8.6", 400, length(" -0")},
      {"hexadecimal", "RFC 9110 8.6", 400, length(" 0x5") + "abcde"},
      {"hexadecimal without 0x", "RFC 9110 8.6", 400, length(" a") + "abcdefghij"},
      {"a fraction", "RFC 9110 8.6", 400, length(" 5.0") + "abcde"},
      {"an exponent", "RFC 9110 8.6", 400, length(" 1e1") + "abcdefghij"},
      {"a separator", "RFC 9110 8.6", 400, length(" 1_0") + "abcdefghij"},
      {"quoted", "RFC 9110 8.6", 400, length(" \"5\"") + "abcde"},
      {"a blank between its digits", "RFC 9110 8.6", 400, length(" 1 0") + "abcdefghij"},
      {"a vertical tab before it", "RFC 9110 5.5", 400,
       length(" \x0b"
              "5") +
           "abcde"},
      {"a NUL behind it", "RFC 9110 5.5", 400, length(with_nul(" 5~")) + "abcde"},
      {"a bare CR behind it", "RFC 9112 2.2", 400, length(" 5\r\r") + "abcde"},
      {"folded", "RFC 9112 5.2", 400, length(" 1\r\n 0") + "abcdefghij"},
      {"a blank before the colon", "RFC 9112 5.1", 400, post("Content-Length : 5\r\n") + "abcde"},
      {"a bare CR for the hyphen", "RFC 9112 2.2", 400, post("Content\rLength: 5\r\n") + "abcde"},
      {"a bare LF hides it", "RFC 9112 2.2", 400, post("X: 1\nContent-Length: 5\r\n") + "abcde"},
      {"none", "RFC 9110 8.6", 400, length("")},
      {"digits of another alphabet", "RFC 9110 8.6", 400, length(" \xd9\xa5") + "abcde"},
      {"past 64 bits, 1 when cut", "RFC 9110 8.6", 400, length(" 18446744073709551617") + "a"},
      {"of a thousand digits", "RFC 9112 5", 431, length(std::string(1000, '1'))},
      {"just under 64 bits", "RFC 9110 15.5.14", 413, length(" 18446744073709551615")},
      {"past 63 bits", "RFC 9110 15.5.14", 413, length(" 9223372036854775808")},
      {"past 32 bits, 1 when cut", "RFC 9110 15.5.14", 413, length(" 4294967297") + "a"},
      {"one over the limit", "RFC 9110 15.5.14", 413, length(" 1001")},
  });
}

TEST(MessageLength, RightOnesAreTaken) {
  check(std::vector<Taken>{
      {"a length", "RFC 9112 6.2", length(" 5") + "abcde", "POST /echo a [abcde]"},
      {"no blank before it", "RFC 9112 5", length("5") + "abcde", "POST /echo a [abcde]"},
      {"tabs around it", "RFC 9112 5", length("\t5\t ") + "abcde", "POST /echo a [abcde]"},
      {"zeros before it", "RFC 9110 8.6", length(" 0005") + "abcde", "POST /echo a [abcde]"},
      {"thirty zeros before it", "RFC 9110 8.6", length(std::string(30, '0') + "5") + "abcde", "POST /echo a [abcde]"},
      {"the largest", "RFC 9110 15.5.14", length(" 1000") + std::string(1000, 'b'),
       "POST /echo a [" + std::string(1000, 'b') + "]"},
      {"zero", "RFC 9112 6.2", length(" 0"), "POST /echo a"},
      {"no length", "RFC 9112 6.3 (7)", post(""), "POST /echo a"},
      {"of a GET", "RFC 9110 9.3.1", get_with_host("Content-Length: 3\r\n") + "abc", "GET / a [abc]"},
      {"a body that looks like a request", "RFC 9112 6.2", length(" 36") + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\nX",
       "POST /echo a [GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\nX]"},
      {"a field of a like name", "RFC 9110 5.1", post("Content_Length: 5\r\nX-Content-Length: 9\r\n"), "POST /echo a"},
      {"a coding", "RFC 9112 7.1", coding(" chunked") + "3\r\nabc\r\n0\r\n\r\n", "POST /echo a [abc]"},
      {"a coding in capitals", "RFC 9112 7", coding(" CHUNKED") + "3\r\nabc\r\n0\r\n\r\n", "POST /echo a [abc]"},
      {"blanks and tabs around a coding", "RFC 9112 5", coding("\t chunked \t") + "0\r\n\r\n", "POST /echo a"},
      {"a body that is expected", "RFC 9110 10.1.1", post("Content-Length: 3\r\nExpect: 100-continue\r\n") + "abc",
       "POST /echo a [abc]"},
      {"an offer to upgrade is not taken up", "RFC 9110 7.8",
       post("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n") + "abc", "POST /echo a [abc]"},
      {"HTTP/1.0 with a length", "RFC 9112 6.3 (6)", "POST /echo HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc",
       "POST /echo  [abc]", After::closes},
  });
}

}  // namespace
}  // namespace ashlar::test
