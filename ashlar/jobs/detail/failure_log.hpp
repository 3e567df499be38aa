// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/log/logger.hpp"

#include <string_view>

namespace ashlar::jobs::detail {

// Logs the first failure of a series, and its end.
class FailureLog {
 public:
  explicit FailureLog(std::string_view message) : message_(message) {}  // a literal

  template <class T>
  void note(const Result<T>& result, log::Logger& logger) {
    if (!result && !failing_) {
      logger.error(message_, {{"error", result.error().code().name}, {"cause", result.error().cause()}});
    } else if (result && failing_) {
      logger.info("jobs work again", {{"after", message_}});
    }
    failing_ = !result;
  }

 private:
  std::string_view message_;
  bool failing_ = false;
};

}  // namespace ashlar::jobs::detail
