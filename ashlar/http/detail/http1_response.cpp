// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http1_response.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <chrono>

namespace ashlar::http::detail {
namespace {

void append_number(std::string& out, std::uint64_t value, int base) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\nDate: ");
    return;
  }
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(status), 10);
  out.push_back(' ');
  out.append(reason_of(status)).append("\r\nDate: ");
}

void append_two_digits(std::string& out, unsigned value) {
  out.push_back(static_cast<char>('0' + value / 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

ResponseFraming framing_of(const Response& response, const ResponseContext& context) {
  if (context.method == Method::head || response.status == 204 || response.status == 304) return ResponseFraming::none;
  if (!response.stream || response.stream_length) return ResponseFraming::length;
  return context.version == Version::http_1_0 ? ResponseFraming::close : ResponseFraming::chunked;
}

void append_head(std::string& out, const Response& response, ResponseFraming framing, const ResponseContext& context) {
  assert(response.status >= 200 && response.status <= 999);
  append_status_line(out, response.status);
  out.append(context.date).append(line_end).append(response.headers.http1_bytes());
  if (response.status == 204 || response.status == 304) {
    // RFC 9110 section 8.6: no Content-Length.
  } else if (!response.stream || response.stream_length) {  // for HEAD as well: the length that GET would have
    out.append("Content-Length: ");
    append_number(out, response.stream ? *response.stream_length : response.body.size(), 10);
    out.append(line_end);
  } else if (framing == ResponseFraming::chunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  if (context.persistence == Persistence::close) {
    out.append("Connection: close\r\n\r\n");
  } else if (context.version == Version::http_1_0) {
    out.append("Connection: keep-alive\r\n\r\n");
  } else {
    out.append(line_end);
  }
}

void append_switching_head(std::string& out, const Response& response, std::string_view date) {
  out.append("HTTP/1.1 101 Switching Protocols\r\nDate: ").append(date).append(line_end);
  out.append(response.headers.http1_bytes()).append("Connection: Upgrade\r\n\r\n");
}

void append_chunk_size(std::string& out, std::uint64_t size) {
  append_number(out, size, 16);
  out.append(line_end);
}

std::string http_date(std::int64_t seconds) {
  constexpr std::array<std::string_view, 7> days{"Sun, ", "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, "};
  constexpr std::array<std::string_view, 12> months{" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ",
                                                    " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "};
  using namespace std::chrono;
  const sys_seconds moment{std::chrono::seconds{seconds}};
  const sys_days day = floor<std::chrono::days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  std::string out;
  out.append(days[weekday{day}.c_encoding()]);
  append_two_digits(out, static_cast<unsigned>(date.day()));
  out.append(months[static_cast<unsigned>(date.month()) - 1]);
  append_number(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 10);
  out.push_back(' ');
  append_two_digits(out, static_cast<unsigned>(time.hours().count()));
  out.push_back(':');
  append_two_digits(out, static_cast<unsigned>(time.minutes().count()));
  out.push_back(':');
  append_two_digits(out, static_cast<unsigned>(time.seconds().count()));
  return out.append(" GMT");
}

}  // namespace ashlar::http::detail
