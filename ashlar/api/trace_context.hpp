// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ashlar::api {

// The position of a call in a distributed trace (W3C Trace Context, level 1).
class TraceContext {
 public:
  // Continues the caller's trace when `traceparent` is well-formed: version 00, lower-case hexadecimal, neither id all
  // zeros; of a later version, the fields that version 00 has. Otherwise starts a trace. The span is new in both cases.
  TraceContext(std::string_view traceparent, Random& random);

  [[nodiscard]] std::string_view trace_id() const { return traceparent().substr(3, 32); }
  [[nodiscard]] std::string_view span_id() const { return traceparent().substr(36, 16); }
  // For outgoing calls: "00-<trace id>-<span id>-<flags>". The caller's decision about recording is passed on; a trace
  // that starts here is recorded.
  [[nodiscard]] std::string_view traceparent() const { return {text_.data(), text_.size()}; }
  [[nodiscard]] bool continues() const { return continues_; }

  // The fields of a well-formed traceparent.
  struct Parent {
    std::string_view trace_id;
    std::string_view span_id;
    std::string_view flags;
  };
  [[nodiscard]] static std::optional<Parent> parse(std::string_view traceparent);

 private:
  std::array<char, 55> text_;
  bool continues_;
};

}  // namespace ashlar::api
