// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/operation.hpp"
#include "ashlar/jobs/call.hpp"

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace ashlar::jobs::detail {

// A handler that takes a JobCall, or any other operation.
template <class Op>
struct HandlerTraits : api::detail::OperationTraits<Op> {
  static constexpr bool takes_job_call = false;
};
template <class R, class... Args>
struct HandlerTraits<R (*)(JobCall&, Args...)> : api::detail::FunctionTraits<JobCall, R, Args...> {
  static constexpr bool takes_job_call = true;
};

// Every call that the worker invokes is a JobCall.
template <class Op>
class JobOperation final : public api::Operation {
  using Traits = HandlerTraits<Op>;
  using Input = typename Traits::Input;
  using Output = typename Traits::Output;
  static_assert(Traits::awaits, "a job's handler returns Task<Result<...>>");

 public:
  JobOperation(Op function, typename Traits::Services services) : function_(function), services_(services) {}

  [[nodiscard]] const schema::Type& input() const override { return schema::type_of<Input>(); }
  [[nodiscard]] api::ReplyShape reply() const override { return api::detail::ReplyTraits<Output>::shape(); }
  [[nodiscard]] bool needs_user() const override { return Traits::needs_user; }

  Task<Result<>> call(api::Call& call, api::InputSource& source, api::ReplySink& sink, api::Gate* gate) override {
    Input input{};
    auto read = source.try_read(schema::type_of<Input>(), &input);
    if (!read) read = co_await source.read(schema::type_of<Input>(), &input);
    if (*read && gate != nullptr) read = co_await gate->admit(schema::type_of<Input>(), &input);
    if (!*read) co_return std::move(*read);
    auto output = co_await run(call, std::move(input));
    if (!output) co_return std::unexpected(std::move(output.error()));
    if constexpr (std::is_void_v<Output>) {
      sink.write({});
    } else {
      sink.write(api::detail::ReplyTraits<Output>::view(*output));
    }
    co_return Result<>{};
  }
  std::optional<Result<>> try_call(api::Call&, api::InputSource&, api::ReplySink&, api::Gate*) override {
    return std::nullopt;
  }

 private:
  auto run(api::Call& call, Input input) {
    return std::apply(
        [&](auto&... services) {
          using Taken = std::conditional_t<Traits::takes_job_call, JobCall,
                                           std::conditional_t<Traits::needs_user, api::UserCall, api::Call>>;
          return function_(static_cast<Taken&>(call), std::move(input), services...);
        },
        services_);
  }

  Op function_;
  typename Traits::Services services_;
};

}  // namespace ashlar::jobs::detail
