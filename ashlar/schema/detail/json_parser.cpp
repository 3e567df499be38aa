// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/detail/json_parser.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <string>

namespace ashlar::schema::detail {
namespace {

struct Kept {
  JsonParser parser;
  bool leased = false;
};
thread_local std::unique_ptr<Kept> kept;

std::string_view reason(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "it is empty";
    case simdjson::UTF8_ERROR:
      return "it is not well-formed UTF-8";
    case simdjson::STRING_ERROR:
      return "a string has a malformed escape or surrogate";
    case simdjson::UNCLOSED_STRING:
      return "a string does not end";
    case simdjson::UNESCAPED_CHARS:
      return "a string has a control character that is not escaped";
    case simdjson::NUMBER_ERROR:
      return "a number is malformed";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "a value is none of true, false and null";
    default:
      return "its structure is broken";
  }
}

}  // namespace

JsonParser::Lease::Lease(std::size_t bytes) {
  if (bytes <= kept_bytes_max) {
    if (kept == nullptr) kept = std::make_unique<Kept>();
    if (!kept->leased) {
      kept->leased = true;
      parser_ = &kept->parser;
      return;
    }
  }
  own_ = std::make_unique<JsonParser>();
  parser_ = own_.get();
}

JsonParser::Lease::~Lease() {
  if (own_ == nullptr) kept->leased = false;
}

simdjson::simdjson_result<simdjson::dom::element> JsonParser::parse(std::string_view json, std::size_t depth_max) {
  if (document_.capacity() < json.size() || depth_max_ != depth_max) {
    // Rounded up, so that texts that grow slowly do not allocate each time.
    const std::size_t capacity = std::max({std::bit_ceil(json.size()), document_.capacity(), std::size_t{1024}});
    // The parser counts the place of a scalar as a level, too.
    const auto parser_error = parser_.allocate(capacity, depth_max + 1);
    const auto document_error = parser_error ? parser_error : document_.allocate(capacity);
    if (document_error == simdjson::MEMALLOC) throw std::bad_alloc();
    if (document_error) return document_error;
    depth_max_ = depth_max;
  }
  auto parsed = parser_.parse_into_document(document_, json.data(), json.size());
  if (parsed.error() == simdjson::MEMALLOC) throw std::bad_alloc();
  return parsed;
}

Error malformed(std::string_view json, simdjson::error_code error, std::size_t depth_max) {
  std::string message = "This is not valid JSON: ";
  if (error == simdjson::DEPTH_ERROR) {
    message += "it is nested deeper than " + std::to_string(depth_max) + " levels";
  } else if (json.starts_with("\xef\xbb\xbf")) {
    message += "it starts with a byte order mark";
  } else {
    message += reason(error);
  }
  message += '.';
  return {errors::malformed_json, std::move(message)};
}

}  // namespace ashlar::schema::detail
