// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/operation.hpp"

namespace ashlar::web::detail {

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

template <class Op>
struct OperationTraits {
  static_assert(sizeof(Op) == 0, "an operation is a function: Result<Out> name(Context&, In, Services&...)");
};
template <class R, class... Args>
struct OperationTraits<R (*)(Context&, Args...)> {
  using Split = SplitArguments<Args...>;
  using Input = typename Split::Input;
  using Services = typename Split::Services;
  static constexpr bool has_input = Split::has_input;
  static constexpr bool awaits = UnwrapTask<R>::awaits;
  using Output = typename UnwrapResult<typename UnwrapTask<R>::type>::type;
};

// How each kind of reply is shown to a face.
template <class T>
struct ReplyTraits {
  static_assert(schema::DescribedStruct<T>,
                "a reply is a struct with ASHLAR_DESCRIBE, or Created<>, Page<>, Bare<>, EventStream<>, Rows<> of one");
  using Value = T;
  static ReplyShape shape() { return {ReplyShape::Kind::data, &schema::type_of<T>()}; }
  static ReplyView view(const T& reply) { return {.shape = shape(), .value = &reply}; }
};
template <class T>
struct ReplyTraits<Created<T>> {
  using Value = T;
  static ReplyShape shape() { return {ReplyShape::Kind::created, &schema::type_of<T>()}; }
  static ReplyView view(const Created<T>& reply) { return {.shape = shape(), .value = &reply.value}; }
};
template <class T>
struct ReplyTraits<Accepted<T>> {
  using Value = T;
  static ReplyShape shape() { return {ReplyShape::Kind::accepted, &schema::type_of<T>()}; }
  static ReplyView view(const Accepted<T>& reply) { return {.shape = shape(), .value = &reply.value}; }
};
template <class T>
struct ReplyTraits<Bare<T>> {
  using Value = T;
  static ReplyShape shape() { return {ReplyShape::Kind::bare, &schema::type_of<T>()}; }
  static ReplyView view(const Bare<T>& reply) {
    return {.shape = shape(), .value = &reply.value, .status = reply.status};
  }
};
template <class T>
struct ReplyTraits<Page<T>> {
  using Value = void;  // belongs to nobody in particular
  static ReplyShape shape() { return {ReplyShape::Kind::page, &schema::type_of<T>()}; }
  static ReplyView view(const Page<T>& reply) {
    return {.shape = shape(),
            .value = &reply.items,
            .items_type = &schema::type_of<std::vector<T>>(),
            .page = reply.page,
            .limit = reply.limit,
            .total = reply.total};
  }
};
template <class T>
struct ReplyTraits<EventStream<T>> {
  using Value = void;
  static ReplyShape shape() { return {ReplyShape::Kind::events, &schema::type_of<T>()}; }
  static ReplyView view(EventStream<T>& reply) { return {.shape = shape(), .producer = &reply.producer}; }
};
template <class T>
struct ReplyTraits<Rows<T>> {
  using Value = void;
  static ReplyShape shape() { return {ReplyShape::Kind::rows, &schema::type_of<T>()}; }
  static ReplyView view(Rows<T>& reply) { return {.shape = shape(), .producer = &reply.producer}; }
};
template <>
struct ReplyTraits<void> {
  using Value = void;
  static ReplyShape shape() { return {}; }
};

template <class Op>
class TypedOperation final : public Operation {
  using Traits = OperationTraits<Op>;
  using Input = typename Traits::Input;
  using Output = typename Traits::Output;

 public:
  TypedOperation(Op function, typename Traits::Services services) : function_(function), services_(services) {}

  [[nodiscard]] const schema::Type& input() const override { return schema::type_of<Input>(); }
  [[nodiscard]] ReplyShape reply() const override { return ReplyTraits<Output>::shape(); }

  Task<Result<>> call(Context& context, InputSource& source, ReplySink& sink, const OwnerOf& owner_of) override {
    Input input{};
    auto read = source.try_read(schema::type_of<Input>(), &input);
    if (!read) read = co_await source.read(schema::type_of<Input>(), &input);
    if (!*read) co_return std::move(*read);
    if constexpr (Traits::awaits) {
      co_return finish(context, co_await invoke(context, std::move(input)), sink, owner_of);
    } else {
      co_return finish(context, invoke(context, std::move(input)), sink, owner_of);
    }
  }

  std::optional<Result<>> try_call(Context& context, InputSource& source, ReplySink& sink,
                                   const OwnerOf& owner_of) override {
    if constexpr (Traits::awaits) {
      return std::nullopt;
    } else {
      Input input{};
      auto read = source.try_read(schema::type_of<Input>(), &input);
      if (!read || !*read) return read;
      return finish(context, invoke(context, std::move(input)), sink, owner_of);
    }
  }

 private:
  auto invoke(Context& context, Input input) {
    return std::apply(
        [&](auto&... services) {
          if constexpr (Traits::has_input) {
            return function_(context, std::move(input), services...);
          } else {
            return function_(context, services...);
          }
        },
        services_);
  }

  static Result<> finish(Context& context, Result<Output> output, ReplySink& sink, const OwnerOf& owner_of) {
    if (!output) return std::unexpected(std::move(output.error()));
    if constexpr (std::is_void_v<Output>) {
      sink.write({});
    } else {
      const ReplyView view = ReplyTraits<Output>::view(*output);
      if (owner_of) {
        if (auto allowed = context.require_owner(owner_of(view.value)); !allowed) return allowed;
      }
      sink.write(view);
    }
    return {};
  }

  Op function_;
  typename Traits::Services services_;
};

}  // namespace ashlar::web::detail
