// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/trace_context.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace ashlar::api {

namespace {

constexpr std::size_t length = 55;
constexpr std::size_t length_max = 512;  // of a later version

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool is_zero(std::string_view text) { return text.find_first_not_of('0') == text.npos; }

// Random, and not all zeros.
void fill_id(std::span<char> out, Random& random) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::byte, 16> bytes;
  const auto used = std::span(bytes).first(out.size() / 2);
  do {
    random.fill(used);
  } while (std::ranges::all_of(used, [](std::byte b) { return b == std::byte{0}; }));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = digits[std::to_integer<std::size_t>(i % 2 == 0 ? used[i / 2] >> 4 : used[i / 2] & std::byte{15})];
}

}  // namespace

std::optional<TraceContext::Parent> TraceContext::parse(std::string_view text) {
  if (text.size() < length || text.size() > length_max) return std::nullopt;
  const std::string_view version = text.substr(0, 2);
  if (!is_hex(version) || version == "ff") return std::nullopt;
  if (text.size() > length && (version == "00" || text[length] != '-')) return std::nullopt;
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const Parent out = {.trace_id = text.substr(3, 32), .span_id = text.substr(36, 16), .flags = text.substr(53, 2)};
  if (!is_hex(out.trace_id) || !is_hex(out.span_id) || !is_hex(out.flags)) return std::nullopt;
  if (is_zero(out.trace_id) || is_zero(out.span_id)) return std::nullopt;
  return out;
}

TraceContext::TraceContext(std::string_view traceparent, Random& random) {
  const auto parent = parse(traceparent);
  continues_ = parent.has_value();
  const std::span<char> text(text_);
  std::ranges::copy(std::string_view("00-"), text.begin());
  if (parent) {
    std::ranges::copy(parent->trace_id, text.begin() + 3);
  } else {
    fill_id(text.subspan(3, 32), random);
  }
  text[35] = text[52] = '-';
  fill_id(text.subspan(36, 16), random);
  // The other flags of a parent are undefined in version 00.
  const bool recorded =
      !parent || ((parent->flags[1] >= 'a' ? parent->flags[1] - 'a' + 10 : parent->flags[1] - '0') & 1) != 0;
  text[53] = '0';
  text[54] = recorded ? '1' : '0';
}

}  // namespace ashlar::api
