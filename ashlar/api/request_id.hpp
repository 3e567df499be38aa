// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace ashlar::api {

// Identifies a request in log lines and answers: the client's `X-Request-Id` when it is 1 to 128 characters of
// [A-Za-z0-9._-], else 32 random hexadecimal digits. Created in place, without an allocation.
class RequestId {
 public:
  static constexpr std::size_t length_max = 128;

  // The offered id outlives this object: a well-formed one is not copied.
  RequestId(std::string_view offered, Random& random);
  RequestId(const RequestId&) = delete;
  RequestId& operator=(const RequestId&) = delete;

  [[nodiscard]] std::string_view view() const { return text_; }
  [[nodiscard]] static bool is_well_formed(std::string_view offered);

 private:
  std::string_view text_;
  std::array<char, 32> made_;  // the generated id, when none was offered
};

}  // namespace ashlar::api
