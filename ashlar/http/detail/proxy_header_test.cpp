// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::http::detail {
namespace {

using namespace std::string_literals;
using Progress = ProxyHeaderDecoder::Progress;

constexpr std::size_t bytes_max = 256;

std::string text_of(const ProxyHeader& header) {
  if (!header.source) return "itself";
  return header.source->address().to_string() + " " + std::to_string(header.source->port());
}

// Version 2: the part after the signature, with a matching length.
std::string binary(const std::string& version_command_family, const std::string& block) {
  return "\r\n\r\n\0\r\nQUIT\n"s + version_command_family + static_cast<char>(block.size() >> 8) +
         static_cast<char>(block.size() & 0xff) + block;
}

const std::string ipv4_block = "\xc0\x00\x02\x07\x0a\x00\x00\x01\x30\x39\x01\xbb"s;
const std::string ipv6_block =
    "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07" + std::string(15, '\0') + "\x01\x30\x39\x01\xbb"s;

struct Header {
  std::string name;
  std::string bytes;
  std::string expected;  // "refused", "more", or what it says
};

std::vector<Header> refused() {
  return {
      {"HTTP", "GET / HTTP/1.1\r\n", "refused"},
      {"a TLS ClientHello", "\x16\x03\x01"s, "refused"},
      {"lower case", "proxy TCP4 192.0.2.7 10.0.0.1 12345 443\r\n", "refused"},
      {"no protocol", "PROXY \r\n", "refused"},
      {"an unknown protocol", "PROXY UDP4 192.0.2.7 10.0.0.1 12345 443\r\n", "refused"},
      {"IPv6 under TCP4", "PROXY TCP4 2001:db8::7 10.0.0.1 12345 443\r\n", "refused"},
      {"IPv4 under TCP6", "PROXY TCP6 192.0.2.7 2001:db8::1 12345 443\r\n", "refused"},
      {"a zero in front", "PROXY TCP4 192.0.02.7 10.0.0.1 12345 443\r\n", "refused"},
      {"a zone", "PROXY TCP6 fe80::1%eth0 2001:db8::1 12345 443\r\n", "refused"},
      {"no second address", "PROXY TCP4 192.0.2.7 12345 443\r\n", "refused"},
      {"no second port", "PROXY TCP4 192.0.2.7 10.0.0.1 12345\r\n", "refused"},
      {"a port over the most", "PROXY TCP4 192.0.2.7 10.0.0.1 65536 443\r\n", "refused"},
      {"a signed port", "PROXY TCP4 192.0.2.7 10.0.0.1 +1 443\r\n", "refused"},
      {"a port with a zero in front", "PROXY TCP4 192.0.2.7 10.0.0.1 0123 443\r\n", "refused"},
      {"two spaces", "PROXY TCP4  192.0.2.7 10.0.0.1 12345 443\r\n", "refused"},
      {"a tab", "PROXY\tTCP4 192.0.2.7 10.0.0.1 12345 443\r\n", "refused"},
      {"a space at the end", "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443 \r\n", "refused"},
      {"one word more", "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443 x\r\n", "refused"},
      {"LF alone", "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\n", "refused"},
      {"too long a line", "PROXY UNKNOWN " + std::string(94, 'x') + "\r\n", "refused"},
      {"a line without an end", "PROXY UNKNOWN " + std::string(200, 'x'), "refused"},
      {"another signature", "\r\n\r\n\0\r\nQUIX\n\x21\x11\x00\x0c"s, "refused"},
      {"version 1 in binary", binary("\x11\x11", ipv4_block), "refused"},
      {"version 3", binary("\x31\x11", ipv4_block), "refused"},
      {"an unknown command", binary("\x22\x11", ipv4_block), "refused"},
      {"UDP", binary("\x21\x12", ipv4_block), "refused"},
      {"a socket file", binary("\x21\x31", std::string(216, 'a')), "refused"},
      {"too short for IPv4", binary("\x21\x11", ipv4_block.substr(1)), "refused"},
      {"too short for IPv6", binary("\x21\x21", ipv6_block.substr(1)), "refused"},
      {"no addresses", binary("\x21\x11", ""), "refused"},
      {"more than may be", binary("\x21\x11", ipv4_block + std::string(bytes_max, '\0')), "refused"},
      {"65535 bytes announced", "\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff"s, "refused"},
  };
}

std::vector<Header> taken() {
  return {
      {"nothing yet", "", "more"},
      {"half a word", "PRO", "more"},
      {"CR, not LF", "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r", "more"},
      {"half a signature", "\r\n\r\n\0"s, "more"},
      {"half a block", binary("\x21\x11", ipv4_block).substr(0, 20), "more"},
      {"TCP4", "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n", "192.0.2.7 12345"},
      {"TCP6", "PROXY TCP6 2001:db8::7 2001:db8::1 0 65535\r\n", "2001:db8::7 0"},
      {"UNKNOWN", "PROXY UNKNOWN\r\n", "itself"},
      {"UNKNOWN and more", "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", "itself"},
      {"the longest line", "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n", "itself"},
      {"IPv4", binary("\x21\x11", ipv4_block), "192.0.2.7 12345"},
      {"IPv6", binary("\x21\x21", ipv6_block), "2001:db8::7 12345"},
      {"extensions", binary("\x21\x11", ipv4_block + "\x04\x00\x01x"s), "192.0.2.7 12345"},
      {"LOCAL", binary("\x20\x00"s, ""), "itself"},
      {"LOCAL with addresses", binary("\x20\x11", ipv4_block), "itself"},
      {"of no family", binary("\x21\x00"s, ipv4_block), "itself"},
  };
}

std::string outcome(const ProxyHeaderDecoder& decoder) {
  if (decoder.progress() == Progress::refused) return "refused";
  return decoder.progress() == Progress::need_more ? "more" : text_of(decoder.header());
}

TEST(ProxyHeader, IsTakenAsAWholeAndByteByByteAndNoByteMore) {
  auto all = refused();
  for (auto& each : taken()) all.push_back(std::move(each));
  for (const Header& header : all) {
    SCOPED_TRACE(header.name);
    ProxyHeaderDecoder whole(bytes_max);
    const std::size_t used = whole.take(header.bytes + (header.expected == "more" ? "" : "GET / HTTP/1.1\r\n"));
    EXPECT_EQ(outcome(whole), header.expected);
    if (header.expected == "refused") {
      EXPECT_LE(used, header.bytes.size() + 1);
    } else {
      EXPECT_EQ(used, header.bytes.size());
    }

    ProxyHeaderDecoder pieces(bytes_max);
    std::size_t taken_bytes = 0;
    for (const char c : header.bytes) taken_bytes += pieces.take({&c, 1});
    EXPECT_EQ(outcome(pieces), header.expected);
    EXPECT_EQ(taken_bytes, header.expected == "refused" ? taken_bytes : header.bytes.size());
  }
}

}  // namespace
}  // namespace ashlar::http::detail
