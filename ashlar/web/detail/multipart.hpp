// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/web/forms.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// An incremental parser of multipart/form-data (RFC 7578, RFC 2046 section 5.1) without I/O.
namespace ashlar::web {

// The boundary of a Content-Type whose type is multipart/form-data: one parameter `boundary` of 1 to 70 of the
// characters that RFC 2046 allows, not ending in a space. A charset other than UTF-8 is refused; any other parameter is
// ignored. Error request.malformed_multipart.
[[nodiscard]] Result<std::string> multipart_boundary(std::string_view content_type);

// The headers of a part.
struct PartHead {
  std::string name;
  std::optional<std::string> file_name;  // as sent: see safe_file_name; nullopt: a field, not a file
  std::string content_type;              // as sent; empty: none
};

// A name for storing a file, derived from the one that was sent: the last segment (of / and \), at most 200 bytes,
// without control and direction characters, without < > : " | ? *, without dots and spaces at its ends, and none of the
// names that Windows reserves (CON, NUL, ...). "file" when nothing remains. Expects well-formed UTF-8.
[[nodiscard]] std::string safe_file_name(std::string_view sent);

// The decoder of one body. Ignores what precedes the first delimiter and what follows the last (the preamble and the
// epilogue of RFC 2046), and unknown fields of a part. Strict otherwise: only CR LF ends a line; each part has one
// Content-Disposition of type form-data with a name, and at most one Content-Type; a Content-Transfer-Encoding that
// changes the bytes (RFC 7578 section 4.7) is refused. A file name in `filename*` (RFC 8187) overrides the
// one in `filename`. Names are well-formed UTF-8 without control characters; \" and \\ in them stand for " and \.
// Holds at most the bytes added last, a part's headers and a delimiter.
class MultipartParser {
 public:
  struct Limits {
    std::size_t parts_max = 256;              // request.too_many_fields
    std::size_t header_bytes_max = 4 * 1024;  // of a part
    std::size_t name_bytes_max = 1024;
  };
  enum class Event : std::uint8_t {
    need_more,  // add() more bytes, or finish()
    part,       // a part begins: see part()
    data,       // data() is the next piece of the part's content
    part_end,
    end,  // the last delimiter was read: only finish() remains, or need_more once more
  };

  // `boundary` as returned by multipart_boundary().
  MultipartParser(std::string_view boundary, Limits limits);

  void add(std::string_view bytes);  // invalidates earlier views
  // Errors: request.malformed_multipart, request.too_many_fields. Nothing can be read after one.
  [[nodiscard]] Result<Event> next();
  // Call at the end of the body: an error unless the last delimiter was read.
  [[nodiscard]] Result<> finish() const;

  [[nodiscard]] const PartHead& part() const { return part_; }   // of the last `part`
  [[nodiscard]] std::string_view data() const { return data_; }  // of the last `data`

 private:
  enum class State : std::uint8_t { preamble, after_delimiter, headers, content, after_last_delimiter, epilogue };
  [[nodiscard]] std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
  Event read_preamble();
  Result<Event> read_after_delimiter();
  Result<Event> read_headers();
  Event read_content();
  Result<Event> read_after_last_delimiter();
  Result<> parse_headers(std::string_view lines);

  std::string delimiter_;  // "\r\n--boundary"
  Limits limits_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t searched_ = 0;  // of the headers
  State state_ = State::preamble;
  std::size_t parts_ = 0;
  PartHead part_;
  std::string_view data_;
};

}  // namespace ashlar::web
