// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <concepts>
#include <coroutine>
#include <expected>
#include <memory>
#include <utility>

// Error propagation in one word, for coroutines that return Task<Result<T>>.
//
//   Task<Result<Receipt>> pay(Uuid id, Payment payment, Orders& orders) {
//     const Amount amount = co_await unwrap(parse_amount(payment.amount));  // a Result<Amount>
//     Order order = co_await unwrap(orders.find(id));                       // a Task<Result<Order>>
//     co_await unwrap(orders.mark_paid(id, amount));                        // a Task<Result<>>: there is no value
//     co_return receipt_of(order);
//   }
//
// `co_await unwrap(x)` is the value of `x`. If `x` is an error, the coroutine ends there and its own result is that
// error, as after `if (!x) co_return std::unexpected(std::move(x.error()));`. The value types may differ. Keep the `if`
// where the coroutine acts on the error: to map its code, to recover, or to clean up with a co_await.
//
// Operand: an rvalue, unwrap(f()) or unwrap(std::move(result)). What unwrap() returns cannot be stored.
// Lifetimes: the locals, temporaries and parameters of a coroutine that unwrap() ends are destroyed before the first
// caller that does not unwrap resumes, innermost coroutine first. No other code of the loop runs in between.
// Exceptions of a task, including operation_aborted, are rethrown by the co_await. If the coroutine is already
// cancelled, unwrap(task) throws operation_aborted as every co_await of a task does; unwrap(result) does not check.
//
// It replaces the coroutine frame of Boost.Asio, which is an internal part of Asio (checked with 1.81). task.hpp
// includes this file, because every translation unit must see the same frame. Measurements and alternatives:
// docs/design/errors-propagation.md.
namespace ashlar::async::detail {

// What unwrap() returns. It neither copies nor moves, so it cannot leave its full expression.
struct Operand {
  Operand() = default;
  Operand(const Operand&) = delete;
  Operand& operator=(const Operand&) = delete;

  // Asio's frame (of every Task but Task<Result<T>>) tries to call an operand that it does not know.
  auto operator()(auto* frame) const {
    static_assert(!sizeof(frame), "co_await unwrap(...) needs a coroutine that returns Task<Result<T>>");
  }
};
template <class T, class Executor>
struct [[nodiscard("co_await it")]] TaskToUnwrap : Operand {
  explicit TaskToUnwrap(boost::asio::awaitable<Result<T>, Executor> operand) : task(std::move(operand)) {}
  boost::asio::awaitable<Result<T>, Executor> task;
};
template <class T>
struct [[nodiscard("co_await it")]] ResultToUnwrap : Operand {
  explicit ResultToUnwrap(Result<T>& operand) : result(operand) {}
  Result<T>& result;
};

// The frame of a coroutine that can end with an Error, whatever its value type.
template <class Executor>
class FallibleFrame : public boost::asio::detail::awaitable_frame_base<Executor> {
 public:
  using SetError = void (*)(FallibleFrame& frame, Error&& error) noexcept;
  void set_unwrapping_caller(SetError set_error_of_caller) noexcept { set_error_of_caller_ = set_error_of_caller; }

 protected:
  [[nodiscard]] bool caller_unwraps() const noexcept { return set_error_of_caller_ != nullptr; }
  void leave_stack() noexcept { boost::asio::detail::awaitable_frame_base<Executor>::pop_frame(); }
  // Ends this coroutine and all coroutines that unwrap it. Their frames stay suspended and belong to their Tasks. The
  // first caller that does not unwrap resumes next and destroys them.
  void end_callers_with(Error&& error) noexcept {
    FallibleFrame* frame = this;
    SetError set_error = nullptr;
    while (frame->caller_unwraps()) {
      set_error = frame->set_error_of_caller_;
      auto* caller = static_cast<FallibleFrame*>(frame->caller_);
      frame->leave_stack();
      frame = caller;
    }
    set_error(*frame, std::move(error));
    frame->leave_stack();
  }

 private:
  SetError set_error_of_caller_ = nullptr;  // set if the caller unwraps; it is a FallibleFrame then
};

}  // namespace ashlar::async::detail

// Replaces Asio's frame. It has the public functions that Asio calls on a coroutine and on the frame of an operation
// that completes with a Result (awaitable_handler).
template <class T, class Executor>
class boost::asio::detail::awaitable_frame<std::expected<T, ashlar::Error>, Executor> final
    : public ashlar::async::detail::FallibleFrame<Executor> {
  using Base = awaitable_frame_base<Executor>;
  using Result = std::expected<T, ashlar::Error>;

 public:
  awaitable_frame() noexcept {}
  ~awaitable_frame() {
    if (has_result_) std::destroy_at(&result_);
  }
  awaitable<Result, Executor> get_return_object() noexcept {
    this->coro_ = std::coroutine_handle<awaitable_frame>::from_promise(*this);
    return awaitable<Result, Executor>(this);
  }
  template <class U>
  void return_value(U&& value) {
    std::construct_at(&result_, std::forward<U>(value));
    has_result_ = true;
  }
  void pop_frame() noexcept {
    if (this->caller_unwraps() && has_result_ && !result_.has_value())
      return this->end_callers_with(std::move(result_.error()));
    this->leave_stack();
  }
  auto final_suspend() noexcept {
    struct Pop : std::suspend_always {
      void await_suspend(std::coroutine_handle<awaitable_frame> done) const noexcept { done.promise().pop_frame(); }
    };
    return Pop{};
  }
  Result get() {
    this->rethrow_exception();
    return std::move(result_);
  }

  template <class U>
  auto await_transform(ashlar::async::detail::TaskToUnwrap<U, Executor> operand) {
    using Callee = awaitable_frame<std::expected<U, ashlar::Error>, Executor>;
    struct Awaiter {
      awaitable<std::expected<U, ashlar::Error>, Executor> callee;

      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<awaitable_frame> caller) noexcept {
        callee.await_suspend(caller);
        Callee::of(callee).set_unwrapping_caller(set_error);
      }
      U await_resume() {
        const auto owner(std::move(callee));  // the callee's frame ends with this function, as in Asio's own
        return Callee::of(owner).take_value();
      }
    };
    return Awaiter{Base::await_transform(std::move(operand.task))};
  }
  template <class U>
  auto await_transform(ashlar::async::detail::ResultToUnwrap<U> operand) noexcept {
    struct Awaiter {
      std::expected<U, ashlar::Error>& result;

      bool await_ready() const noexcept { return result.has_value(); }
      void await_suspend(std::coroutine_handle<awaitable_frame> failed) noexcept {
        set_error(failed.promise(), std::move(result.error()));
        failed.promise().pop_frame();
      }
      U await_resume() { return *std::move(result); }
    };
    return Awaiter{operand.result};
  }
  template <class U>
  auto await_transform(awaitable<U, Executor> task) const {
    return Base::await_transform(std::move(task));
  }
  template <class Awaited>
    requires(!std::derived_from<Awaited, ashlar::async::detail::Operand>)
  auto await_transform(Awaited&& awaited) {
    return Base::await_transform(std::forward<Awaited>(awaited));
  }

  static awaitable_frame& of(const awaitable<Result, Executor>& task) noexcept { return *task.frame_; }
  // The value of an unwrapped callee that returned; an error never arrives here.
  T take_value() {
    this->rethrow_exception();
    return *std::move(result_);
  }

 private:
  static void set_error(ashlar::async::detail::FallibleFrame<Executor>& frame, ashlar::Error&& error) noexcept {
    static_cast<awaitable_frame&>(frame).return_value(std::unexpected(std::move(error)));
  }

  union {
    Result result_;
  };
  bool has_result_ = false;
};

namespace ashlar {

template <class T, class Executor>
auto unwrap(boost::asio::awaitable<Result<T>, Executor> task) {
  return async::detail::TaskToUnwrap<T, Executor>(std::move(task));
}
template <class T>
auto unwrap(Result<T>&& result) {
  return async::detail::ResultToUnwrap<T>(result);
}

}  // namespace ashlar
