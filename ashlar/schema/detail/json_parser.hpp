// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <simdjson.h>

#include <cstddef>
#include <memory>
#include <string_view>

namespace ashlar::schema::detail {

// simdjson's parser and the document that it fills. What parse() returns lives until the next parse().
class JsonParser {
 public:
  simdjson::simdjson_result<simdjson::dom::element> parse(std::string_view json, std::size_t depth_max);

  // Leases this thread's parser. Texts of more than `kept_bytes_max`, and texts that are read during another read (by a
  // user-defined scalar that reads JSON), get a parser of their own.
  class Lease {
   public:
    explicit Lease(std::size_t bytes);
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();
    JsonParser* operator->() const { return parser_; }

   private:
    JsonParser* parser_;
    std::unique_ptr<JsonParser> own_;
  };
  static constexpr std::size_t kept_bytes_max = 64 * 1024;

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::document document_;
  std::size_t depth_max_ = 0;
};

// A human-readable reason for a text that the parser refused.
Error malformed(std::string_view json, std::size_t depth_max);

}  // namespace ashlar::schema::detail
