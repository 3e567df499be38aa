// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/multipart.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/http/field_syntax.hpp"
#include "ashlar/web/detail/parameters.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::web {

namespace {

constexpr std::size_t padding_max = 64;
constexpr std::size_t boundary_bytes_max = 70;
constexpr std::string_view line_end = "\r\n";

std::unexpected<Error> malformed(std::string message) { return fail(errors::malformed_multipart, std::move(message)); }

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_boundary_character(char c) {  // RFC 2046 section 5.1.1
  return is_alphanumeric(c) || std::string_view("'()+_,-./:=? ").contains(c);
}
bool is_control(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 || u == 0x7f;
}

using detail::Parameters;

Result<> check_name(const std::string& text, std::size_t name_bytes_max) {
  if (text.size() > name_bytes_max) return malformed("A part's name is too long.");
  if (!is_utf8(text) || std::ranges::any_of(text, is_control))
    return malformed("A part's name is not UTF-8, or holds control characters.");
  return {};
}

// `filename*` replaces the `filename` next to it, as in RFC 6266 section 4.3: clients that send both put an ASCII
// substitute into the latter. One that cannot be decoded is ignored there.
Result<> take_extended_name(const std::optional<std::string>& extended, std::size_t name_bytes_max, PartHead& part) {
  if (!extended) return {};
  std::string decoded;
  if (detail::decode_extended_value(*extended, decoded)) {
    if (auto good = check_name(decoded, name_bytes_max); !good) return good;
    part.file_name = std::move(decoded);
  } else if (!part.file_name) {
    return malformed("A part's filename* is not of the form UTF-8''name (RFC 8187).");
  }
  return {};
}

Result<> parse_disposition(std::string_view value, std::size_t name_bytes_max, PartHead& part) {
  if (!ascii_iequals(http::trimmed(value.substr(0, value.find(';'))), "form-data"))
    return malformed("A part's Content-Disposition is not form-data.");
  bool named = false;
  std::optional<std::string> extended;
  Parameters parameters = Parameters::of(value);
  for (auto found = parameters.next(); found != Parameters::Found::end; found = parameters.next()) {
    if (found == Parameters::Found::malformed) return malformed("A part's Content-Disposition cannot be read.");
    std::string& text = parameters.value();
    if (auto good = check_name(text, name_bytes_max); !good) return good;
    if (parameters.name() == "name") {
      if (std::exchange(named, true)) return malformed("A part has two names.");
      part.name = std::move(text);
    } else if (parameters.name() == "filename") {
      if (part.file_name) return malformed("A part has two file names.");
      part.file_name = std::move(text);
    } else if (parameters.name() == "filename*") {
      if (extended) return malformed("A part has two file names.");
      extended = std::move(text);
    }
  }
  if (!named || part.name.empty()) return malformed("A part has no name.");
  return take_extended_name(extended, name_bytes_max, part);
}

bool has_line_break_of_its_own(std::string_view line) {
  return line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos;
}

}  // namespace

Result<std::string> multipart_boundary(std::string_view content_type) {
  Parameters parameters = Parameters::of(content_type);
  std::string boundary;
  for (auto found = parameters.next(); found != Parameters::Found::end; found = parameters.next()) {
    if (found == Parameters::Found::malformed) return malformed("The Content-Type cannot be read.");
    if (parameters.name() == "charset" && !ascii_iequals(parameters.value(), "utf-8"))
      return malformed("The charset of a form can only be UTF-8.");
    if (parameters.name() != "boundary") continue;
    if (!boundary.empty()) return malformed("The Content-Type must have one boundary.");
    boundary = std::move(parameters.value());
    const bool good = !boundary.empty() && boundary.size() <= boundary_bytes_max && !boundary.ends_with(' ') &&
                      std::ranges::all_of(boundary, is_boundary_character);
    if (!good) return malformed("The boundary must have 1 to 70 of the characters that RFC 2046 allows.");
  }
  if (boundary.empty()) return malformed("The Content-Type has no boundary.");
  return boundary;
}

MultipartParser::MultipartParser(std::string_view boundary, Limits limits)
    : delimiter_("\r\n--" + std::string(boundary)), limits_(limits), buffer_(line_end) {}

void MultipartParser::add(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += bytes;
}

Result<MultipartParser::Event> MultipartParser::next() {
  while (true) {
    const State before = state_;
    Result<Event> event = Event::need_more;
    switch (state_) {
      case State::preamble:
        event = read_preamble();
        break;
      case State::after_delimiter:
        event = read_after_delimiter();
        break;
      case State::headers:
        event = read_headers();
        break;
      case State::content:
        return read_content();
      case State::after_last_delimiter:
        event = read_after_last_delimiter();
        break;
      case State::epilogue:
        at_ = buffer_.size();
        return Event::need_more;
    }
    if (!event || *event != Event::need_more || state_ == before) return event;
  }
}

Result<> MultipartParser::finish() const {
  const bool ended = state_ == State::after_last_delimiter && http::trimmed(rest()).empty();
  if (ended || state_ == State::epilogue) return {};
  return malformed("The body ended before its last boundary.");
}

// The buffer begins with a line end, so that a delimiter at the very start of the body is found like one after a
// preamble.
MultipartParser::Event MultipartParser::read_preamble() {
  const std::string_view bytes = rest();
  const std::size_t found = bytes.find(delimiter_);
  if (found == bytes.npos) {
    at_ += bytes.size() - std::min(bytes.size(), delimiter_.size() - 1);
  } else {
    at_ += found + delimiter_.size();
    state_ = State::after_delimiter;
  }
  return Event::need_more;
}

Result<MultipartParser::Event> MultipartParser::read_after_delimiter() {
  const std::string_view bytes = rest();
  if (bytes.size() < 2) return Event::need_more;
  if (bytes.starts_with("--")) {
    if (parts_ == 0) return malformed("The body has no parts.");
    at_ += 2;
    state_ = State::after_last_delimiter;
    return Event::end;
  }
  const auto padding = static_cast<std::size_t>(std::ranges::find_if_not(bytes, is_blank) - bytes.begin());
  if (padding > padding_max) return malformed("A boundary is followed by too many spaces.");
  const std::string_view ending = bytes.substr(padding, line_end.size());
  if (!line_end.starts_with(ending)) return malformed("A boundary is not followed by a line end.");
  if (ending.size() < line_end.size()) return Event::need_more;
  if (++parts_ > limits_.parts_max)
    return fail(errors::too_many_fields, "A form has at most " + std::to_string(limits_.parts_max) + " parts here.");
  at_ += padding + line_end.size();
  searched_ = 0;
  state_ = State::headers;
  return Event::need_more;
}

Result<MultipartParser::Event> MultipartParser::read_headers() {
  constexpr std::string_view headers_end = "\r\n\r\n";
  const std::string_view bytes = rest();
  if (bytes.starts_with(line_end)) return malformed("A part has no Content-Disposition.");
  const std::size_t end = bytes.find(headers_end, searched_);
  // Without a line end, the last bytes may be the start of one.
  searched_ = end != bytes.npos ? end : bytes.size() - std::min(bytes.size(), headers_end.size() - 1);
  if (searched_ > limits_.header_bytes_max) return malformed("A part's headers are too long.");
  if (end == bytes.npos) return Event::need_more;
  if (auto parsed = parse_headers(bytes.substr(0, end)); !parsed) return std::unexpected(std::move(parsed.error()));
  at_ += end + headers_end.size();
  state_ = State::content;
  return Event::part;
}

Result<> MultipartParser::parse_headers(std::string_view lines) {
  part_ = {};
  bool disposed = false, typed = false;
  while (!lines.empty()) {
    const std::size_t end = lines.find(line_end);
    const std::string_view line = lines.substr(0, end);
    lines = end == lines.npos ? std::string_view{} : lines.substr(end + line_end.size());
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == line.npos || name.empty() || !std::ranges::all_of(name, http::is_token_character) ||
        has_line_break_of_its_own(line))
      return malformed("A part has a malformed header line.");
    const std::string_view value = http::trimmed(line.substr(colon + 1));
    if (ascii_iequals(name, "content-disposition")) {
      if (std::exchange(disposed, true)) return malformed("A part has two Content-Dispositions.");
      if (auto parsed = parse_disposition(value, limits_.name_bytes_max, part_); !parsed) return parsed;
    } else if (ascii_iequals(name, "content-type")) {
      if (std::exchange(typed, true)) return malformed("A part has two Content-Types.");
      part_.content_type = value;
    } else if (ascii_iequals(name, "content-transfer-encoding")) {
      const std::string coding = ascii_lower(value);
      if (coding != "7bit" && coding != "8bit" && coding != "binary")
        return malformed("A part's Content-Transfer-Encoding is not supported.");
    }
  }
  if (!disposed) return malformed("A part has no Content-Disposition.");
  return {};
}

MultipartParser::Event MultipartParser::read_content() {
  const std::string_view bytes = rest();
  const std::size_t end = bytes.find(delimiter_);
  if (end == 0) {
    at_ += delimiter_.size();
    state_ = State::after_delimiter;
    return Event::part_end;
  }
  // The last bytes may be the start of a delimiter.
  const std::size_t held = delimiter_.size() - 1;
  const std::size_t size = end != bytes.npos ? end : bytes.size() - std::min(bytes.size(), held);
  if (size == 0) return Event::need_more;
  data_ = bytes.substr(0, size);
  at_ += size;
  return Event::data;
}

Result<MultipartParser::Event> MultipartParser::read_after_last_delimiter() {
  const std::string_view bytes = rest();
  const auto padding = static_cast<std::size_t>(std::ranges::find_if_not(bytes, is_blank) - bytes.begin());
  const std::string_view ending = bytes.substr(padding, line_end.size());
  if (padding > padding_max || !line_end.starts_with(ending))
    return malformed("The last boundary is not followed by a line end.");
  if (ending.size() == line_end.size()) state_ = State::epilogue;
  return Event::need_more;
}

}  // namespace ashlar::web
