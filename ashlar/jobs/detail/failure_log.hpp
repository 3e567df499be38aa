// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/log/logger.hpp"

#include <boost/system/system_error.hpp>

#include <exception>
#include <string_view>
#include <utility>

namespace ashlar::jobs::detail {

// An exception of the task as an error, so that a worker's loop goes on after it. A cancellation passes.
template <class T>
Task<Result<T>> caught(Task<Result<T>> task) {
  try {
    co_return co_await std::move(task);
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& thrown) {
    co_return std::unexpected(Error(ashlar::errors::internal, {}).with_cause(thrown.what()));
  }
}

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
