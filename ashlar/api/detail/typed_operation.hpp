// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/detail/reply_traits.hpp"
#include "ashlar/api/operation.hpp"

namespace ashlar::api::detail {

template <class T>
struct UnwrapTask {
  using type = T;
  static constexpr bool awaits = false;
};
template <class T>
struct UnwrapTask<Task<T>> {
  using type = T;
  static constexpr bool awaits = true;
};

template <class T>
struct UnwrapResult {
  static_assert(sizeof(T) == 0, "an operation returns Result<...> or Task<Result<...>>");
};
template <class T>
struct UnwrapResult<Result<T>> {
  using type = T;
};

template <class... Args>
struct SplitArguments {  // no input: services only
  using Input = NoInput;
  static constexpr bool has_input = false;
  using Services = std::tuple<Args...>;
};
template <class First, class... Rest>
  requires(!std::is_lvalue_reference_v<First>)
struct SplitArguments<First, Rest...> {
  static_assert(schema::DescribedStruct<First>, "the input is a struct with ASHLAR_DESCRIBE, taken by value");
  using Input = First;
  static constexpr bool has_input = true;
  using Services = std::tuple<Rest...>;
};

template <class CallType, class R, class... Args>
struct FunctionTraits {
  using Split = SplitArguments<Args...>;
  using Input = typename Split::Input;
  using Services = typename Split::Services;
  using Output = typename UnwrapResult<typename UnwrapTask<R>::type>::type;
  static constexpr bool has_input = Split::has_input;
  static constexpr bool awaits = UnwrapTask<R>::awaits;
  static constexpr bool needs_user = std::is_same_v<CallType, UserCall>;
};

template <class Op>
struct OperationTraits {
  static_assert(sizeof(Op) == 0, "an operation is a function: Result<Out> name(Call& or UserCall&, In, Services&...)");
};
template <class R, class... Args>
struct OperationTraits<R (*)(Call&, Args...)> : FunctionTraits<Call, R, Args...> {};
template <class R, class... Args>
struct OperationTraits<R (*)(UserCall&, Args...)> : FunctionTraits<UserCall, R, Args...> {};

template <class Op>
class TypedOperation final : public Operation {
  using Traits = OperationTraits<Op>;
  using Input = typename Traits::Input;
  using Output = typename Traits::Output;

 public:
  TypedOperation(Op function, typename Traits::Services services) : function_(function), services_(services) {}

  [[nodiscard]] const schema::Type& input() const override { return schema::type_of<Input>(); }
  [[nodiscard]] ReplyShape reply() const override { return ReplyTraits<Output>::shape(); }
  [[nodiscard]] bool needs_user() const override { return Traits::needs_user; }

  Task<Result<>> call(Call& call, InputSource& source, ReplySink& sink, Gate* gate) override {
    Input input{};
    auto read = source.try_read(schema::type_of<Input>(), &input);
    if (!read) read = co_await source.read(schema::type_of<Input>(), &input);
    if (*read && gate != nullptr) {
      read = gate->waits() ? co_await gate->admit(schema::type_of<Input>(), &input)
                           : gate->try_admit(schema::type_of<Input>(), &input);
    }
    if (!*read) co_return std::move(*read);
    if constexpr (Traits::awaits) {
      co_return finish(co_await run(call, std::move(input)), sink, gate);
    } else {
      co_return finish(run(call, std::move(input)), sink, gate);
    }
  }

  std::optional<Result<>> try_call(Call& call, InputSource& source, ReplySink& sink, Gate* gate) override {
    if constexpr (Traits::awaits) {
      return std::nullopt;
    } else {
      if (gate != nullptr && gate->waits()) return std::nullopt;
      Input input{};
      auto read = source.try_read(schema::type_of<Input>(), &input);
      if (read && *read && gate != nullptr) read = gate->try_admit(schema::type_of<Input>(), &input);
      if (!read || !*read) return read;
      return finish(run(call, std::move(input)), sink, gate);
    }
  }

 private:
  auto run(Call& call, Input input) {
    return std::apply(
        [&](auto&... services) {
          // Every Call that reaches an operation is a UserCall object: see UserCall.
          auto& its_call = static_cast<std::conditional_t<Traits::needs_user, UserCall, Call>&>(call);
          if constexpr (Traits::has_input) {
            return function_(its_call, std::move(input), services...);
          } else {
            return function_(its_call, services...);
          }
        },
        services_);
  }

  static Result<> finish(Result<Output> output, ReplySink& sink, Gate* gate) {
    if (!output) return std::unexpected(std::move(output.error()));
    if constexpr (std::is_void_v<Output>) {
      sink.write({});
    } else {
      const ReplyView view = ReplyTraits<Output>::view(*output);
      if (gate != nullptr) {
        if (auto released = gate->release(view.value); !released) return released;
      }
      sink.write(view);
    }
    return {};
  }

  Op function_;
  typename Traits::Services services_;
};

}  // namespace ashlar::api::detail
