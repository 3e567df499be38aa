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

  // The parser that this thread keeps, for as long as the lease lives. Texts of more than `kept_bytes_max`, and those
  // read while another is being read (a scalar of a user's that reads JSON), get one of their own.
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

// What is wrong with a text that the parser refused, for a person.
Error malformed(std::string_view json, std::size_t depth_max);

}  // namespace ashlar::schema::detail
