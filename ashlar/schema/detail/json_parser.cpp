// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/detail/json_parser.hpp"

#include "ashlar/schema/detail/json_flaw.hpp"

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
  if (json.empty()) return simdjson::EMPTY;  // its data() may be null, which simdjson would hand to memcpy
  if (document_.capacity() < json.size() || depth_max_ != depth_max) {
    // A kept parser grows in powers of two, so that slowly growing texts do not allocate each time.
    const std::size_t wanted = json.size() <= kept_bytes_max ? std::bit_ceil(json.size()) : json.size();
    const std::size_t capacity = std::max({wanted, document_.capacity(), std::size_t{1024}});
    // The parser counts a scalar as a level as well.
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

Error malformed(std::string_view json, std::size_t depth_max) {
  std::string message = "This is not valid JSON";
  if (json.find_first_not_of(" \t\n\r") == std::string_view::npos) {
    message += ": it is empty.";
  } else if (const auto flaw = find_json_flaw(json, depth_max)) {
    message += " at byte " + std::to_string(flaw->offset) + ": ";
    message.append(flaw->reason).append(".");
  } else {
    message += '.';
  }
  return {errors::malformed_json, std::move(message)};
}

}  // namespace ashlar::schema::detail
