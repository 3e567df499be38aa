// SPDX-License-Identifier: Apache-2.0
// The chunked coding: sizes, extensions, line ends and trailers.
#include "tests/security/shapes.hpp"

#include <gtest/gtest.h>

namespace ashlar::test {
namespace {

std::string one(std::string_view size_line) { return chunked(std::string(size_line).append("\r\nabcde\r\n0\r\n\r\n")); }

TEST(Chunked, InvalidSizesAreRefused) {
  check(std::vector<Refused>{
      {"a minus sign", "RFC 9112 7.1", 400, one("-5")},
      {"a plus sign", "RFC 9112 7.1", 400, one("+5")},
      {"minus zero", "RFC 9112 7.1", 400, chunked("-0\r\n\r\n")},
      {"0x", "RFC 9112 7.1", 400, one("0x5")},
      {"a letter past f", "RFC 9112 7.1", 400, one("5g")},
      {"h behind it", "RFC 9112 7.1", 400, one("5h")},
      {"nothing", "RFC 9112 7.1", 400, one("")},
      {"nothing but an extension", "RFC 9112 7.1", 400, one(";a")},
      {"a blank before it", "RFC 9112 7.1", 400, one(" 5")},
      {"a blank behind it", "RFC 9112 7.1.1", 400, one("5 ")},
      {"a tab behind it", "RFC 9112 7.1.1", 400, one("5\t")},
      {"a vertical tab behind it", "RFC 9112 7.1", 400, one("5\x0b")},
      {"a NUL behind it", "RFC 9112 7.1", 400, one(with_nul("5~"))},
      {"a comma behind it", "RFC 9112 7.1", 400, one("5,")},
      {"a separator in it", "RFC 9112 7.1", 400, one("0_5")},
      {"past 64 bits, 5 when cut", "RFC 9112 7.1", 400, one("10000000000000005")},
      {"seventeen digits, zeros among them", "RFC 9112 7.1", 400, one("00000000000000005")},
      {"the largest of 64 bits", "RFC 9112 7.1", 413, one("ffffffffffffffff")},
      {"the largest that is positive with a sign", "RFC 9112 7.1", 413, one("7fffffffffffffff")},
      {"past 32 bits, 5 when cut", "RFC 9112 7.1", 413, one("100000005")},
      {"one over the limit", "RFC 9110 15.5.14", 413, one("3e9")},
      {"one over the limit, in two", "RFC 9110 15.5.14", 413, chunked("5\r\nabcde\r\n3e4\r\n")},
  });
}

TEST(Chunked, ChunksThatDoNotEndWhereTheySayAreRefused) {
  check(std::vector<Refused>{
      {"a bare LF behind the size", "RFC 9112 7.1", 400, chunked("5\nabcde\r\n0\r\n\r\n")},
      {"a bare CR behind the size", "RFC 9112 7.1", 400, chunked("5\rabcde\r\n0\r\n\r\n")},
      {"CR and another byte behind the size", "RFC 9112 7.1", 400, chunked("5\rXabcde\r\n0\r\n\r\n")},
      {"CR CR LF behind the size", "RFC 9112 7.1", 400, chunked("5\r\r\nabcde\r\n0\r\n\r\n")},
      {"only LFs", "RFC 9112 7.1", 400, chunked("5\nabcde\n0\n\n")},
      {"more data than the size says", "RFC 9112 7.1", 400, chunked("4\r\nabcde\r\n0\r\n\r\n")},
      {"less data than the size says", "RFC 9112 7.1", 400, chunked("6\r\nabcde\r\n0\r\n\r\n")},
      {"no CR LF behind the data", "RFC 9112 7.1", 400, chunked("5\r\nabcde0\r\n\r\n")},
      {"a bare LF behind the data", "RFC 9112 7.1", 400, chunked("5\r\nabcde\n0\r\n\r\n")},
      {"a bare CR behind the data", "RFC 9112 7.1", 400, chunked("5\r\nabcde\r0\r\n\r\n")},
      {"two other bytes behind the data", "RFC 9112 7.1", 400, chunked("5\r\nabcdeXX0\r\n\r\n")},
      {"a blank line before a size", "RFC 9112 7.1", 400, chunked("5\r\nabcde\r\n\r\n0\r\n\r\n")},
      {"a bare LF behind the last chunk", "RFC 9112 7.1", 400, chunked("0\n\r\n")},
      {"a bare LF at the end", "RFC 9112 7.1", 400, chunked("0\r\n\n")},
      {"CR and another byte at the end", "RFC 9112 7.1", 400, chunked("0\r\n\rX")},
      {"no CR LF at the end", "RFC 9112 7.1", 400, chunked("0\r\n")},
      {"no last chunk", "RFC 9112 7.1", 400, chunked("5\r\nabcde\r\n")},
  });
}

TEST(Chunked, InvalidExtensionsAreRefused) {
  check(std::vector<Refused>{
      {"a bare LF ends one", "RFC 9112 7.1.1", 400, chunked("5;a\nabcde\r\n0\r\n\r\n")},
      {"a bare LF in one", "RFC 9112 7.1.1", 400, one("5;a\nb")},
      {"a bare CR in one", "RFC 9112 7.1.1", 400, one("5;a\rb")},
      {"a NUL in one", "RFC 9112 7.1.1", 400, one(with_nul("5;a~b"))},
      {"a control character in one", "RFC 9112 7.1.1", 400, one("5;a\x01")},
      {"none behind the semicolon", "RFC 9112 7.1.1", 400, one("5;")},
      {"two semicolons", "RFC 9112 7.1.1", 400, one("5;;a")},
      {"no name", "RFC 9112 7.1.1", 400, one("5;=a")},
      {"no value", "RFC 9112 7.1.1", 400, one("5;a=")},
      {"no semicolon", "RFC 9112 7.1.1", 400, one("5 a=b")},
      {"a name that is no token", "RFC 9112 7.1.1", 400, one("5;a@b")},
      {"a value that is no token", "RFC 9112 7.1.1", 400, one("5;a=b@c")},
      {"an open quotation mark", "RFC 9110 5.6.4", 400, one("5;a=\"b")},
      {"a line end in quotation marks", "RFC 9110 5.6.4", 400, one("5;a=\"\r\nabcde\r\n0\r\n\r\n\"")},
      {"an escaped line end in quotation marks", "RFC 9110 5.6.4", 400, one("5;a=\"\\\r\n\"")},
      {"a blank behind one", "RFC 9112 7.1.1", 400, one("5;a ")},
      {"of the last chunk, without a name", "RFC 9112 7.1.1", 400, chunked("0;\r\n\r\n")},
      {"over their limit", "RFC 9112 7.1.1", 413, one("5;" + std::string(64, 'a'))},
      {"over their limit together", "RFC 9112 7.1.1", 413,
       chunked("1;" + std::string(40, 'a') + "\r\na\r\n1;" + std::string(40, 'a') + "\r\na\r\n0\r\n\r\n")},
  });
}

TEST(Chunked, InvalidTrailersAreRefused) {
  const auto trailer = [](std::string_view lines) { return chunked("0\r\n" + std::string(lines) + "\r\n"); };
  check(std::vector<Refused>{
      {"no colon", "RFC 9112 7.1.2", 400, trailer("X\r\n")},
      {"no name", "RFC 9112 7.1.2", 400, trailer(": a\r\n")},
      {"a blank before the colon", "RFC 9112 5.1", 400, trailer("X : a\r\n")},
      {"a blank before the name", "RFC 9112 5.2", 400, trailer(" X: a\r\n")},
      {"folded", "RFC 9112 5.2", 400, trailer("X: a\r\n b\r\n")},
      {"a name that is no token", "RFC 9110 5.1", 400, trailer("X[]: a\r\n")},
      {"a bare LF", "RFC 9112 2.2", 400, trailer("X: a\nY: b\r\n")},
      {"a bare LF ends all", "RFC 9112 2.2", 400, chunked("0\r\nX: a\r\n\n")},
      {"a bare CR", "RFC 9112 2.2", 400, trailer("X: a\rY: b\r\n")},
      {"a NUL", "RFC 9110 5.5", 400, trailer(with_nul("X: ~\r\n"))},
      {"a request line, the blank line missing", "RFC 9112 7.1.2", 400, chunked("0\r\n")},
      {"over their limit", "RFC 9110 6.5", 413, trailer("X: " + std::string(64, 'a') + "\r\n")},
      {"over their limit together", "RFC 9110 6.5", 413,
       trailer("X: " + std::string(30, 'a') + "\r\nY: " + std::string(30, 'a') + "\r\n")},
  });
}

TEST(Chunked, RightOnesAreTaken) {
  check(std::vector<Taken>{
      {"nothing", "RFC 9112 7.1", chunked("0\r\n\r\n"), "POST /echo a"},
      {"one chunk", "RFC 9112 7.1", one("5"), "POST /echo a [abcde]"},
      {"several chunks", "RFC 9112 7.1", chunked("2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"), "POST /echo a [abcde]"},
      {"hexadecimal in lower case", "RFC 9112 7.1", chunked("a\r\n0123456789\r\n0\r\n\r\n"),
       "POST /echo a [0123456789]"},
      {"hexadecimal in upper case", "RFC 9112 7.1", chunked("A\r\n0123456789\r\n0\r\n\r\n"),
       "POST /echo a [0123456789]"},
      {"zeros before the size", "RFC 9112 7.1", one("0000000000000005"), "POST /echo a [abcde]"},
      {"several zeros at the end", "RFC 9112 7.1", chunked("5\r\nabcde\r\n000\r\n\r\n"), "POST /echo a [abcde]"},
      {"the largest", "RFC 9110 15.5.14", chunked("3e8\r\n" + std::string(1000, 'b') + "\r\n0\r\n\r\n"),
       "POST /echo a [" + std::string(1000, 'b') + "]"},
      {"data that looks like an end", "RFC 9112 7.1", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"),
       "POST /echo a [0\r\n\r\n]"},
      {"extensions", "RFC 9112 7.1.1", one("5;a;b=c;d=\"e;\\\"\""), "POST /echo a [abcde]"},
      {"blanks around an extension", "RFC 9112 7.1.1", one("5 ;\ta = b"), "POST /echo a [abcde]"},
      {"an extension of the last chunk", "RFC 9112 7.1.1", chunked("0;a\r\n\r\n"), "POST /echo a"},
      {"a trailer is not a header", "RFC 9110 6.5.1", chunked("0\r\nX: evil\r\n\r\n"), "POST /echo a"},
      {"a trailer with a length", "RFC 9110 6.5.1", chunked("0\r\nContent-Length: 5\r\n\r\n"), "POST /echo a"},
      {"a trailer without a value", "RFC 9110 5.5", chunked("0\r\nX:\r\n\r\n"), "POST /echo a"},
  });
}

}  // namespace
}  // namespace ashlar::test
