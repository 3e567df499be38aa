// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::web {

// Writes JSON piece by piece, including the commas: for documents without a C++ type, such as the API's description.
class JsonText {
 public:
  explicit JsonText(std::string& out) : out_(out) {}

  JsonText& begin(char bracket) {  // '{' or '['
    separate();
    out_ += bracket;
    return *this;
  }
  JsonText& end(char bracket) {
    out_ += bracket;
    return *this;
  }
  JsonText& key(std::string_view name) {
    text(name);
    out_ += ':';
    return *this;
  }
  JsonText& text(std::string_view value) {
    separate();
    schema::write_json_string(value, out_);
    return *this;
  }
  JsonText& number(std::int64_t value) {
    separate();
    out_ += std::to_string(value);
    return *this;
  }
  JsonText& json(std::string_view value) {  // serialized JSON
    separate();
    out_ += value;
    return *this;
  }
  // Where to append one JSON value.
  std::string& value() {
    separate();
    return out_;
  }
  JsonText& member(std::string_view name, std::string_view text_value) { return key(name).text(text_value); }

 private:
  void separate() {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':') out_ += ',';
  }
  std::string& out_;
};

}  // namespace ashlar::web
