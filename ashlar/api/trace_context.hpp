// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ashlar::api {

// Where a call stands in a trace that goes through several services (W3C Trace Context, level 1).
class TraceContext {
 public:
  // Continues the caller's trace when `traceparent` is well-formed: version 00, lower-case hexadecimal, neither id all
  // zeros; of a later version, what stands where version 00 has it. Else begins one. In both the span is new.
  TraceContext(std::string_view traceparent, Random& random);

  [[nodiscard]] std::string_view trace_id() const { return traceparent().substr(3, 32); }
  [[nodiscard]] std::string_view span_id() const { return traceparent().substr(36, 16); }
  // For the calls that this one makes: "00-<trace id>-<span id>-<flags>". Whether the trace is recorded is left as the
  // caller said; a trace that begins here is.
  [[nodiscard]] std::string_view traceparent() const { return {text_.data(), text_.size()}; }
  [[nodiscard]] bool continues() const { return continues_; }

  // What a well-formed traceparent says.
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
