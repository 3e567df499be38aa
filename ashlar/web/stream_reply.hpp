// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/schema/describe.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

// Replies that are written while their parts come to be: events for whom is listening, and rows of a long list.
//
//   Task<Result<>> count(EventWriter<Tick>& out, int from) {
//     for (int i = from; i < 10; ++i) {
//       co_await async::sleep_for(1s);
//       if (auto sent = co_await out.send(Tick{i}, {.id = std::to_string(i)}); !sent) co_return sent;
//     }
//     co_return Result<>{};
//   }
//   Result<EventStream<Tick>> ticks(Context& ctx, Watch in) { return EventStream<Tick>::from(count, in.from); }
//
// The producer runs after the operation has returned, on the same loop: the Context is gone then, and what it needs is
// handed over by value, or is a service that outlives the server. When the client leaves or the server stops, its
// current wait ends with operation_aborted, and each further send() with connection.closed. An error that it returns is
// logged and ends the connection, so that the client sees that the stream is not whole. See docs/guide/streaming.md.
namespace ashlar::web {

struct StreamOptions {
  std::chrono::milliseconds heartbeat{15'000};  // an event stream that is silent for so long sends a comment
  std::size_t pending_bytes_max = 64 * 1024;    // written and not sent yet; past that send() waits for a slow reader
};

// What an event carries beside its data. Without line breaks and NUL: std::invalid_argument else.
struct EventFields {
  std::string id{};     // comes back as Context::last_event_id() when the client connects anew
  std::string event{};  // the name that a page listens to; empty: "message"
  std::optional<std::chrono::milliseconds> retry{};  // how long a client waits before it connects anew
};

// Where a face takes the items. Used on one loop.
class ItemSink {
 public:
  ItemSink() = default;
  ItemSink(const ItemSink&) = delete;
  ItemSink& operator=(const ItemSink&) = delete;

  virtual void add(const schema::Type& type, const void* value, const EventFields& fields) = 0;
  // Waits until more may be added. Error connection.closed.
  virtual Task<Result<>> ready() = 0;

 protected:
  ~ItemSink() = default;
};

using ItemProducer = std::move_only_function<Task<Result<>>(ItemSink&)>;

template <class T>
class EventWriter {
 public:
  explicit EventWriter(ItemSink& sink) : sink_(sink) {}
  // The event is written down at once and needs not outlive the call.
  [[nodiscard]] Task<Result<>> send(const T& event, const EventFields& fields = {}) {
    sink_.add(schema::type_of<T>(), &event, fields);
    return sink_.ready();
  }

 private:
  ItemSink& sink_;
};

template <class T>
class RowWriter {
 public:
  explicit RowWriter(ItemSink& sink) : sink_(sink) {}
  [[nodiscard]] Task<Result<>> write(const T& row) {
    sink_.add(schema::type_of<T>(), &row, {});
    return sink_.ready();
  }

 private:
  ItemSink& sink_;
};

namespace detail {
// A producer with what was handed over to it. Stays where it is while it runs.
template <class Writer, class... State>
class BoundProducer {
 public:
  using Function = Task<Result<>> (*)(Writer&, State...);
  explicit BoundProducer(Function function, State... state)
      : function_(function), state_(std::forward<State>(state)...) {}

  Task<Result<>> operator()(ItemSink& sink) {
    writer_.emplace(sink);
    return std::apply([this](auto&... state) { return function_(*writer_, std::forward<State>(state)...); }, state_);
  }

 private:
  Function function_;
  std::tuple<State...> state_;
  std::optional<Writer> writer_;
};

template <template <class> class Writer, class T>
class StreamReply {
 public:
  template <class... State>
  explicit StreamReply(Task<Result<>> (*producer)(Writer<T>&, State...), std::type_identity_t<State>... state)
      : producer(BoundProducer<Writer<T>, State...>(producer, std::forward<State>(state)...)) {}

  ItemProducer producer;
};
}  // namespace detail

// text/event-stream (the HTML standard, section 9.2): the data of each event is T as JSON.
template <class T>
class EventStream : public detail::StreamReply<EventWriter, T> {
 public:
  using detail::StreamReply<EventWriter, T>::StreamReply;
  template <class... State>
  static EventStream from(Task<Result<>> (*producer)(EventWriter<T>&, State...), std::type_identity_t<State>... state) {
    return EventStream(producer, std::forward<State>(state)...);
  }
};

// A JSON array, `[...]`, whose items go out as they come.
template <class T>
class Rows : public detail::StreamReply<RowWriter, T> {
 public:
  using detail::StreamReply<RowWriter, T>::StreamReply;
  template <class... State>
  static Rows from(Task<Result<>> (*producer)(RowWriter<T>&, State...), std::type_identity_t<State>... state) {
    return Rows(producer, std::forward<State>(state)...);
  }
};

}  // namespace ashlar::web
