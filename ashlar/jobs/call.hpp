// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/job.hpp"
#include "ashlar/schema/json.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ashlar::jobs {

namespace detail {
class Attempt;
}

// The call of a job's handler: an api::Call with the principal, the trace and the client of the call that enqueued the
// job, and the attempt's deadline (KindBuilder::timeout). Its request id is "job-<id>-<attempt>". It names the attempt
// and stores steps. Used on one loop; lives until the handler returns.
//
// The handler's coroutine is cancelled (operation_aborted from its current wait) when its deadline passes, when
// somebody cancels the job, when the worker stops and its drain time is over, and when the worker loses its lease.
//
// An error that the handler returns, or an exception, fails the attempt: another follows after a delay, until the
// kind's attempts are used up. Error::retry_after() is the least delay.
class JobCall : public api::UserCall {
 public:
  JobCall(const Environment& environment, const api::Transport& transport, std::string_view request_id,
          detail::Attempt& attempt)
      : UserCall(environment, transport, request_id), attempt_(attempt) {}

  [[nodiscard]] Uuid job_id() const;
  [[nodiscard]] int attempt() const;  // from 1
  [[nodiscard]] int attempts_max() const;
  [[nodiscard]] bool is_last_attempt() const { return attempt() >= attempts_max(); }
  [[nodiscard]] std::string_view queue() const;
  [[nodiscard]] Timestamp enqueued_at() const;
  [[nodiscard]] std::optional<Uuid> batch() const;

  // The error that this attempt ends with is final: the job is dead without another attempt.
  //   if (gone) co_return call.give_up(fail(errors::gone, "The endpoint is gone."));
  [[nodiscard]] std::unexpected<Error> give_up(std::unexpected<Error> error);
  // If this attempt fails, the next one follows after exactly this delay.
  void set_retry_delay(std::chrono::milliseconds delay);

  // Shown with the job: a percentage and a short text. Writes at most once a second; the last value is written when the
  // attempt ends. It never fails the job.
  void progress(int percent, std::string note = {});

  // A durable step. The body is a function, or a lambda without captures, whose arguments are copied:
  //
  //   Task<Result<Receipt>> charge(api::UnitOfWork& unit, Uuid order);        // writes through the unit
  //   auto receipt = co_await unwrap(call.step("charge", charge, in.order_id));
  //
  //   Task<Result<Answer>> ask(jobs::JobCall& call, std::string question);    // talks to another system
  //   auto answer = co_await unwrap(call.step("ask", ask, question));
  //
  // The result is stored under the name, which is unique in the job: at most 100 bytes. On a later attempt the stored
  // result is returned and the body does not run. With a UnitOfWork, the result commits together with the body's rows,
  // only while this attempt owns the job: exactly once. With a JobCall, the result is stored after the body returned:
  // the body runs again when the process ends in between. Errors are not stored. Steps are matched by name alone, so
  // code may change between attempts. Results are described structs, strings, integers, bool, or nothing.
  //
  // Errors: the body's; job.superseded when another attempt owns the job; those of sql::errors.
  template <class Body, class... Arguments>
    requires std::is_invocable_v<Body, api::UnitOfWork&, Arguments...>
  std::invoke_result_t<Body, api::UnitOfWork&, Arguments...> step(std::string name, Body body, Arguments... arguments) {
    using T = ValueOf<std::invoke_result_t<Body, api::UnitOfWork&, Arguments...>>;
    if (auto stored = find_step(name)) co_return read<T>(*stored);
    auto result =
        co_await units().run(*this, in_unit<Body, T, Arguments...>, this, name, body, std::move(arguments)...);
    if (result) keep_step(std::move(name), write(result));
    co_return result;
  }
  template <class Body, class... Arguments>
    requires std::is_invocable_v<Body, JobCall&, Arguments...>
  std::invoke_result_t<Body, JobCall&, Arguments...> step(std::string name, Body body, Arguments... arguments) {
    using T = ValueOf<std::invoke_result_t<Body, JobCall&, Arguments...>>;
    if (auto stored = find_step(name)) co_return read<T>(*stored);
    auto result = co_await body(*this, std::move(arguments)...);
    if (!result) co_return result;
    std::string json = write(result);
    auto kept = co_await units().run(*this, store_outside, this, name, json);
    if (!kept) co_return std::unexpected(std::move(kept.error()));
    keep_step(std::move(name), std::move(json));
    co_return result;
  }

 private:
  template <class T>
  struct ValueOfTask;
  template <class T>
  struct ValueOfTask<Task<Result<T>>> {
    using type = T;
  };
  template <class T>
  using ValueOf = typename ValueOfTask<T>::type;

  template <class T>
  static std::string write(const Result<T>& result) {
    if constexpr (std::is_void_v<T>) {
      return "null";
    } else {
      return schema::to_json(*result);
    }
  }
  template <class T>
  static Result<T> read(const std::string& json) {
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return schema::read_json<T>(json);
    }
  }

  template <class Body, class T, class... Arguments>
  static Task<Result<T>> in_unit(api::UnitOfWork& unit, JobCall* call, std::string name, Body body,
                                 Arguments... arguments) {
    co_await unwrap(call->own(unit));
    auto result = co_await body(unit, std::move(arguments)...);
    if (result) call->collect_step(unit, name, write(result));
    co_return result;
  }
  static Task<Result<>> store_outside(api::UnitOfWork& unit, JobCall* call, std::string name, std::string json);

  // Locks the job's row for the unit; job.superseded when this attempt does not own it.
  Task<Result<>> own(api::UnitOfWork& unit);
  void collect_step(api::UnitOfWork& unit, const std::string& name, std::string json);
  [[nodiscard]] const std::string* find_step(std::string_view name);  // throws for a name that is not declared
  void keep_step(std::string name, std::string json);
  [[nodiscard]] api::Units& units();

  detail::Attempt& attempt_;
};

}  // namespace ashlar::jobs
