// SPDX-License-Identifier: Apache-2.0
// What h2spec checks of messages and of HPACK.
#include "ashlar/http/detail/http2_conformance.hpp"

namespace ashlar::http::detail {
namespace {

using namespace std::string_literals;

constexpr std::uint8_t last = NGHTTP2_FLAG_END_STREAM;
constexpr std::uint8_t whole_head = NGHTTP2_FLAG_END_HEADERS;

using Http2MessagesConformance = Http2Conformance;
using HpackConformance = Http2Conformance;

TEST_F(Http2MessagesConformance, Exchanges) {
  check({
      {"generic/4/1", "RFC 9113 8.1", "GET", get(1, "/a"), "200 you asked for /a"},
      {"generic/4/2", "RFC 9113 8.1", "HEAD", headers(1, head("HEAD", "/a"), last), "200 "},
      {"generic/4/3", "RFC 9113 8.1", "POST", post(1, "/echo") + data(1, "test"), "200 test"},
      {"generic/4/4", "RFC 9113 8.1", "POST with trailers",
       post(1, "/echo", {{"trailer", "x-test"}}) + data(1, "test", 0) + headers(1, {{"x-test", "ok"}}, last),
       "200 test"},
      {"http2/8.1/1", "RFC 9113 8.1", "trailers without END_STREAM",
       post(1, "/echo") + data(1, "test", 0) + headers(1, {{"x-test", "ok"}}, 0), "RST_STREAM PROTOCOL_ERROR"},
      {"http2/8.1.2.6/1", "RFC 9113 8.1.1", "a body over its Content-Length",
       post(1, "/echo", {{"content-length", "1"}}) + data(1, "test"), "RST_STREAM PROTOCOL_ERROR"},
      {"http2/8.1.2.6/2", "RFC 9113 8.1.1", "a body of two DATA frames over its Content-Length",
       post(1, "/echo", {{"content-length", "1"}}) + data(1, "test", 0) + data(1, "test"), "RST_STREAM PROTOCOL_ERROR"},
  });
}

TEST_F(Http2MessagesConformance, Fields) {
  const Http2Fields good = head("GET", "/a");
  const auto without = [&good](std::string_view name) {
    Http2Fields fields = good;
    std::erase_if(fields, [name](const auto& field) { return field.first == name; });
    return headers(1, fields, last);
  };
  Http2Fields late{{"x-test", "ok"}};
  late.insert(late.end(), good.begin(), good.end());
  const std::string_view reset = "RST_STREAM PROTOCOL_ERROR";
  check({
      {"http2/8.1.2/1", "RFC 9113 8.2.1", "an upper-case name", get(1, "/a", {{"X-TEST", "ok"}}), reset},
      {"http2/8.1.2.1/1", "RFC 9113 8.3", "an unknown pseudo-header", get(1, "/a", {{":test", "ok"}}), reset},
      {"http2/8.1.2.1/2", "RFC 9113 8.3", "a pseudo-header of responses", get(1, "/a", {{":status", "200"}}), reset},
      {"http2/8.1.2.1/3", "RFC 9113 8.3", "a pseudo-header in trailers",
       post(1, "/echo") + data(1, "test", 0) + headers(1, {{":method", "POST"}}, last), reset},
      {"http2/8.1.2.1/4", "RFC 9113 8.3", "pseudo-headers behind a field", headers(1, late, last), reset},
      {"http2/8.1.2.2/1", "RFC 9113 8.2.2", "Connection", get(1, "/a", {{"connection", "keep-alive"}}), reset},
      {"http2/8.1.2.2/2", "RFC 9113 8.2.2", "TE of more than trailers",
       get(1, "/a", {{"trailers", "test"}, {"te", "trailers, deflate"}}), reset},
      {"http2/8.1.2.3/1", "RFC 9113 8.3.1", "an empty :path", get(1, ""), reset},
      {"http2/8.1.2.3/2", "RFC 9113 8.3.1", "no :method", without(":method"), reset},
      {"http2/8.1.2.3/3", "RFC 9113 8.3.1", "no :scheme", without(":scheme"), reset},
      {"http2/8.1.2.3/4", "RFC 9113 8.3.1", "no :path", without(":path"), reset},
      {"http2/8.1.2.3/5", "RFC 9113 8.3.1", "two :method", get(1, "/a", {{":method", "GET"}}), reset},
      {"http2/8.1.2.3/6", "RFC 9113 8.3.1", "two :scheme", get(1, "/a", {{":scheme", "http"}}), reset},
      {"http2/8.1.2.3/7", "RFC 9113 8.3.1", "two :path", get(1, "/a", {{":path", "/a"}}), reset},
  });
}

// "user-agent: ashlar" and "x-test: ashlar" in each representation. Texts with the high bit in their length are Huffman
// coded (RFC 7541 appendix B).
TEST_F(HpackConformance, Representations) {
  const std::string agent =
      "\x0A"
      "user-agent";
  const std::string agent_huffman = "\x87\xB5\x05\xB1\x61\xCC\x5A\x93";
  const std::string name =
      "\x06"
      "x-test";
  const std::string name_huffman = "\x85\xF2\xB2\x4A\x84\xFF";
  const std::string value =
      "\x06"
      "ashlar";
  const std::string value_huffman = "\x83\x49\x50\x9F";  // "test"
  std::vector<Http2Row> rows{
      {"generic/5/1", "RFC 7541 6.1", "an indexed field of the static table", get_with_block("\xBA"),
       "200 you asked for /a"},
  };
  const auto add = [&rows](std::string_view source, std::string_view section, char type, const std::string& text) {
    rows.push_back({source, section, "a literal", get_with_block(type + text), "200 you asked for /a"});
  };
  add("generic/5/2", "RFC 7541 6.2.1", '\x40', agent_huffman + value_huffman);
  add("generic/5/3", "RFC 7541 6.2.1", '\x40', agent + value);
  add("generic/5/4", "RFC 7541 6.2.1", '\x40', name + value);
  add("generic/5/5", "RFC 7541 6.2.1", '\x40', name_huffman + value_huffman);
  add("generic/5/6", "RFC 7541 6.2.2", '\0', agent + value);
  add("generic/5/7", "RFC 7541 6.2.2", '\0', agent_huffman + value_huffman);
  add("generic/5/8", "RFC 7541 6.2.2", '\0', name + value);
  add("generic/5/9", "RFC 7541 6.2.2", '\0', name_huffman + value_huffman);
  add("generic/5/10", "RFC 7541 6.2.3", '\x10', agent + value);
  add("generic/5/11", "RFC 7541 6.2.3", '\x10', agent_huffman + value_huffman);
  add("generic/5/12", "RFC 7541 6.2.3", '\x10', name + value);
  add("generic/5/13", "RFC 7541 6.2.3", '\x10', name_huffman + value_huffman);
  const auto resized = [](std::string_view updates) {
    return frame(NGHTTP2_HEADERS, whole_head | last, 1, std::string(updates) + block(head("GET", "/a")));
  };
  rows.push_back({"generic/5/14", "RFC 7541 6.3", "a table size of 128", resized("\x3F\x61"), "200 you asked for /a"});
  rows.push_back({"generic/5/15", "RFC 7541 4.2", "table sizes of 128 and 4096", resized("\x3F\x61\x3F\xE1\x1F"),
                  "200 you asked for /a"});
  check(rows);
}

TEST_F(HpackConformance, DecodingErrors) {
  const std::string name = "\0\x85\xF2\xB2\x4A\x84\xFF"s;  // "x-test", Huffman coded
  const std::string too_large =
      frame(NGHTTP2_HEADERS, whole_head | last, 1, "\x3F\xE2\x1F" + block(head("GET", "/a")));  // 4097
  const std::string_view error = "GOAWAY COMPRESSION_ERROR";
  check({
      {"hpack/2.3.3/1", "RFC 7541 2.3.3", "an index past the tables", get_with_block("\xC6"), error},
      {"hpack/2.3.3/2", "RFC 7541 2.3.3", "a literal whose name is past the tables", get_with_block("\x7F\x07\0"s),
       error},
      {"hpack/4.2/1", "RFC 7541 4.2", "a table size behind a field", get_with_block("\x21"), error},
      {"hpack/5.2/1", "RFC 7541 5.2", "Huffman padding of more than 7 bits",
       get_with_block(name + "\x84\x49\x50\x9F\xFF"), error},
      {"hpack/5.2/2", "RFC 7541 5.2", "Huffman padding of zeros", get_with_block(name + "\x83\x49\x50\x90"), error},
      {"hpack/5.2/3", "RFC 7541 5.2", "the EOS symbol", get_with_block(name + "\x87\x49\x51\xFF\xFF\xFF\xFA\x7F"),
       error},
      {"hpack/6.1/1", "RFC 7541 6.1", "index 0", get_with_block("\x80"), error},
      {"hpack/6.3/1", "RFC 7541 6.3", "a table size over the limit", too_large, error},
  });
}

}  // namespace
}  // namespace ashlar::http::detail
