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

// Replies that are produced item by item: events for a listener, and the rows of a long list.
//
//   Task<Result<>> count(EventWriter<Tick>& out, int from) {
//     for (int i = from; i < 10; ++i) {
//       co_await async::sleep_for(1s);
//       if (auto sent = co_await out.send(Tick{i}, {.id = std::to_string(i)}); !sent) co_return sent;
//     }
//     co_return Result<>{};
//   }
//   Result<EventStream<Tick>> ticks(Call& call, Watch in) { return EventStream<Tick>::from(count, in.from); }
//
// The producer runs after the operation has returned, on the same loop. The Call no longer exists then, so what the
// producer needs is passed by value or is a service that outlives the server. When the client disconnects or the server
// stops, the producer's current wait ends with operation_aborted, and each further send() with connection.closed. An
// error that the producer returns is logged and ends the connection, so that the client sees an incomplete stream. See
// docs/guide/streaming.md.
namespace ashlar::api {

struct StreamOptions {
  std::chrono::milliseconds heartbeat{15'000};  // an idle event stream sends a comment this often
  std::size_t pending_bytes_max = 64 * 1024;    // written but not sent; beyond it send() waits for the reader
};

// The fields of an event in addition to its data. A line break or NUL in one throws std::invalid_argument.
struct EventFields {
  std::string id{};     // sent back as Last-Event-ID when the client reconnects; see RouteBuilder::from_header
  std::string event{};  // the event name for a page's listener; empty: "message"
  std::optional<std::chrono::milliseconds> retry{};  // how long a client waits before it reconnects
};

// Where a transport receives the items. Used on one loop.
class ItemSink {
 public:
  ItemSink() = default;
  ItemSink(const ItemSink&) = delete;
  ItemSink& operator=(const ItemSink&) = delete;

  virtual void add(const schema::Type& type, const void* value, const EventFields& fields) = 0;
  // Waits until more items may be added. Error connection.closed.
  virtual Task<Result<>> ready() = 0;

 protected:
  ~ItemSink() = default;
};

using ItemProducer = std::move_only_function<Task<Result<>>(ItemSink&)>;

template <class T>
class EventWriter {
 public:
  explicit EventWriter(ItemSink& sink) : sink_(sink) {}
  // The event is serialized before send() returns its task, so it need not outlive the call.
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
// A producer with its arguments. It is not moved while it runs.
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

// A JSON array, `[...]`, whose items are sent as they are produced.
template <class T>
class Rows : public detail::StreamReply<RowWriter, T> {
 public:
  using detail::StreamReply<RowWriter, T>::StreamReply;
  template <class... State>
  static Rows from(Task<Result<>> (*producer)(RowWriter<T>&, State...), std::type_identity_t<State>... state) {
    return Rows(producer, std::forward<State>(state)...);
  }
};

}  // namespace ashlar::api
