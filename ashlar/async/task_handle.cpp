// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/task_handle.hpp"

#include "ashlar/async/detail/cancellable.hpp"

#include <exception>
#include <utility>

namespace ashlar::async {

struct TaskHandle::State {
  detail::Cancellable task;
};

TaskHandle::TaskHandle(boost::asio::io_context& loop, Task<> task, std::move_only_function<void()> ended)
    : state_(std::make_shared<State>()) {
  state_->task.spawn(loop.get_executor(), std::move(task),
                     [state = state_, ended = std::move(ended)](std::exception_ptr) mutable { ended(); });
}

void TaskHandle::cancel() {
  const auto state = state_;
  state->task.cancel();
}

}  // namespace ashlar::async
