// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/http1_response_head.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::http::detail {
namespace {

constexpr int status_min = 100;
constexpr int status_max = 599;  // RFC 9110 section 15
constexpr std::size_t version_bytes = 8;
constexpr std::size_t status_line_bytes_min = version_bytes + 4;  // "HTTP/1.1 200"

// "timeout=5, max=100": a hint (RFC 2068 section 19.7.1.1), ignored when malformed.
std::optional<std::chrono::seconds> timeout_of(std::string_view value) {
  constexpr std::string_view name = "timeout=";
  constexpr std::uint64_t most = 3'600;
  while (true) {
    const std::size_t comma = value.find(',');
    const std::string_view parameter = trimmed(value.substr(0, comma));
    if (parameter.size() > name.size() && equal_without_case(parameter.substr(0, name.size()), name)) {
      const auto seconds = parse_integer<std::uint64_t>(parameter.substr(name.size()));
      if (!seconds) return std::nullopt;
      return std::chrono::seconds(std::min(*seconds, most));
    }
    if (comma == std::string_view::npos) return std::nullopt;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace

void Http1ResponseHeadDecoder::reset() { *this = Http1ResponseHeadDecoder(limits_, method_); }

Http1ResponseHeadDecoder::Progress Http1ResponseHeadDecoder::decode(std::string_view input) {
  const char* const begin = input.data();
  const char* const end = begin + input.size();
  while (true) {
    const char* const hit = find_control(begin + scanned_, end);
    scanned_ = static_cast<std::size_t>(hit - begin);
    if (scanned_ > limits_.bytes_max) return Progress::too_large;
    if (hit == end) return Progress::need_more;
    if (*hit != '\r') return refuse("a control character, or a line that does not end in CR LF");
    if (hit + 1 == end) return Progress::need_more;
    if (hit[1] != '\n') return refuse("a CR without LF");
    const std::string_view line = input.substr(line_start_, scanned_ - line_start_);
    line_start_ = scanned_ = scanned_ + 2;
    if (line.empty() && head_.status != 0) {
      head_.bytes = scanned_;
      return head_.bytes > limits_.bytes_max ? Progress::too_large : finish();
    }
    if (const Progress taken = take_line(line); taken != Progress::need_more) return taken;
  }
}

Http1ResponseHeadDecoder::Progress Http1ResponseHeadDecoder::take_line(std::string_view line) {
  if (head_.status == 0) return take_status_line(line);
  if (head_.fields.all().size() == limits_.fields_max) return Progress::too_large;
  return take_field(line);
}

// RFC 9112 section 4. Some servers omit the space before an empty reason phrase.
Http1ResponseHeadDecoder::Progress Http1ResponseHeadDecoder::take_status_line(std::string_view line) {
  const bool version_1_1 = line.starts_with("HTTP/1.1 ");
  if (!version_1_1 && !line.starts_with("HTTP/1.0 ")) return refuse("no status line of HTTP/1.1 or HTTP/1.0");
  if (line.size() < status_line_bytes_min ||
      (line.size() > status_line_bytes_min && line[status_line_bytes_min] != ' '))
    return refuse("no status of three digits");
  const auto status = parse_integer<std::uint64_t>(line.substr(version_bytes + 1, 3));
  if (!status || *status < status_min || *status > status_max) return refuse("no status between 100 and 599");
  head_.status = static_cast<int>(*status);
  version_ = version_1_1 ? Version::http_1_1 : Version::http_1_0;
  return Progress::need_more;
}

Http1ResponseHeadDecoder::Progress Http1ResponseHeadDecoder::take_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return refuse("a field without a colon, or a folded line");
  const std::string_view name = line.substr(0, colon);
  if (!is_token(name)) return refuse("the name of a field is not a token");
  const std::string_view value = trimmed(line.substr(colon + 1));
  head_.fields.add(name, value);
  if (equal_without_case(name, "Content-Length")) {
    if (length_) return refuse("two Content-Length fields");
    length_ = parse_integer<std::uint64_t>(value);
    return length_ ? Progress::need_more : refuse("Content-Length is not a number");
  }
  if (equal_without_case(name, "Transfer-Encoding")) {
    if (chunked_ || !equal_without_case(value, "chunked")) return refuse("a transfer coding other than chunked");
    chunked_ = true;
  } else if (equal_without_case(name, "Connection")) {
    return take_connection_options(value);
  } else if (equal_without_case(name, "Keep-Alive")) {
    head_.idle_time_max = timeout_of(value);
  }
  return Progress::need_more;
}

Http1ResponseHeadDecoder::Progress Http1ResponseHeadDecoder::take_connection_options(std::string_view value) {
  while (true) {
    const std::size_t comma = value.find(',');
    const std::string_view option = trimmed(value.substr(0, comma));
    if (!option.empty() && !is_token(option)) return refuse("Connection is malformed");
    if (equal_without_case(option, "close")) closes_ = true;
    if (comma == std::string_view::npos) return Progress::need_more;
    value.remove_prefix(comma + 1);
  }
}

Http1ResponseHeadDecoder::Progress Http1ResponseHeadDecoder::finish() {
  using Framing = ReceivedHead::Framing;
  if (chunked_ && length_) return refuse("both a Transfer-Encoding and a Content-Length");
  if (chunked_ && version_ == Version::http_1_0) return refuse("HTTP/1.0 has no Transfer-Encoding");
  if (head_.status == 101) return refuse("101 without a request to switch protocols");
  head_.keep_alive = version_ == Version::http_1_1 && !closes_;
  if (head_.interim() || head_.status == 204) {
    // RFC 9110 section 8.6 and RFC 9112 section 6.1 forbid framing fields here. What follows the head is unknown.
    if (chunked_ || length_.value_or(0) != 0) head_.keep_alive = false;
    return Progress::ready;
  }
  if (method_ == Method::head || head_.status == 304) return Progress::ready;
  if (chunked_) {
    head_.framing = Framing::chunked;
  } else if (!length_) {
    head_.framing = Framing::until_close;
    head_.keep_alive = false;
  } else if (*length_ > 0) {
    head_.framing = Framing::length;
    head_.content_length = *length_;
  }
  return Progress::ready;
}

Http1ResponseHeadDecoder::Progress Http1ResponseHeadDecoder::refuse(const char* rule) {
  broken_rule_ = rule;
  return Progress::malformed;
}

}  // namespace ashlar::http::detail
