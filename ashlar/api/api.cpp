// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/api.hpp"

#include "ashlar/api/detail/call_gate.hpp"
#include "ashlar/auth/token.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>

namespace ashlar::api {

namespace {

Error error_of_current_exception() {
  try {
    throw;
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted)
      return {errors::request_cancelled, "The request was cancelled."};
    return Error(ashlar::errors::internal, {}).with_cause(error.what());
  } catch (const std::exception& error) {
    return Error(ashlar::errors::internal, {}).with_cause(error.what());
  } catch (...) {
    return Error(ashlar::errors::internal, {}).with_cause("an exception that is not a std::exception");
  }
}

// Whether it concerns an operator. An unavailable service without a cause is a refusal that works as intended.
bool is_fault_of_ours(const Error& error) {
  const bool part_missing = error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timed_out;
  return error.kind() == ErrorKind::internal || (part_missing && !error.cause().empty());
}

bool is_refusal(const Error& error) {
  return error.kind() == ErrorKind::forbidden || error.kind() == ErrorKind::unauthenticated;
}

// The Api's deadline unless the transport's own is earlier.
void set_deadline(Invocation& invocation) {
  const auto time_max = invocation.endpoint.time_max;
  if (time_max == std::chrono::milliseconds::zero()) return;
  const Clock::Steady deadline = invocation.began + time_max;
  if (deadline < invocation.call.deadline()) invocation.call.set_deadline(deadline);
}

}  // namespace

const PreparedEndpoint* Api::find(std::string_view name) const {
  for (const PreparedEndpoint& endpoint : endpoints_) {
    if (endpoint.endpoint->name == name) return &endpoint;
  }
  return nullptr;
}

// nullopt: the step that invocation.step names has to wait.
std::optional<Result<>> Api::try_pass(Invocation& invocation) const {
  const auto& steps = invocation.endpoint.steps;
  for (; invocation.step < steps.size(); ++invocation.step) {
    auto decided = steps[invocation.step]->try_decide(invocation);
    if (!decided || !*decided) return decided;
  }
  return Result<>{};
}

Api::Progress Api::try_invoke(Invocation& invocation) const {
  try {
    set_deadline(invocation);
    auto result = try_pass(invocation);
    if (result && *result) {
      detail::CallGate gate(invocation);
      result = invocation.endpoint.endpoint->operation->try_call(invocation.call, invocation.input, invocation.reply,
                                                                 gate.if_needed());
    }
    if (!result) return Progress::waiting;
    settle(invocation, *result);
  } catch (...) {
    fail(invocation, error_of_current_exception());
  }
  return Progress::ended;
}

Task<> Api::invoke(Invocation invocation) const {
  try {
    const auto& steps = invocation.endpoint.steps;
    Result<> result;
    while (result && invocation.step < steps.size()) {
      result = co_await steps[invocation.step++]->decide(invocation);
      if (!result) break;
      if (auto passed = try_pass(invocation); passed && !*passed) result = std::move(*passed);
    }
    if (result) {
      detail::CallGate gate(invocation);
      result = co_await invocation.endpoint.endpoint->operation->call(invocation.call, invocation.input,
                                                                      invocation.reply, gate.if_needed());
    }
    settle(invocation, result);
  } catch (...) {
    fail(invocation, error_of_current_exception());
  }
}

std::optional<RateLimitDecision> Api::try_limit_unmatched(const Call& call, Clock::Steady now) const {
  if (unmatched_limit_.limit.requests == 0) return RateLimitDecision{};
  return limits_->try_take(rate_limit_key(unmatched_limit_, call), unmatched_limit_.limit, now);
}

Task<RateLimitDecision> Api::limit_unmatched(const Call& call, Clock::Steady now) const {
  return limits_->take_later(rate_limit_key(unmatched_limit_, call), unmatched_limit_.limit, now);
}

void Api::settle(const Invocation& invocation, const Result<>& result) const {
  if (!result) return fail(invocation, result.error());
  metrics_->count(invocation.endpoint.index, std::nullopt);
}

void Api::fail(const Invocation& invocation, const Error& error) const {
  // The error of a late call is the result of its cancellation.
  std::optional<Error> late;
  if (invocation.transport.late()) {
    late.emplace(
        Error(ashlar::errors::deadline_exceeded, "This took too long and was cancelled.")
            .with_cause("the deadline of " + std::to_string(invocation.endpoint.time_max.count()) + " ms has passed"));
  }
  const Error& reported = late ? *late : error;
  metrics_->count(invocation.endpoint.index, reported.kind());
  if (is_refusal(reported)) {
    log_refusal(invocation.call, &invocation.endpoint, reported);
  } else if (is_fault_of_ours(reported)) {
    log_failure(invocation.call, &invocation.endpoint, reported);
  }
  invocation.reply.fail(reported);
}

void Api::ended(const CallRecord& record) const {
  metrics_->ended();
  log_call(record, options_.log);
}

void Api::append_metrics(observe::MetricsText& text) const {
  metrics_->append_to(text);
  overload_->append_to(text);
  heavy_lane_->append_to(text);
}

}  // namespace ashlar::api
