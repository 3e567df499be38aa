// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/schema/json.hpp"

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Calls operations in this process by name, with the same decisions, errors, log lines and counters as calls over HTTP:
//
//   api::Client client(app.api());
//   auto reply = co_await client.call("createPost", R"({"title": "T", "content": "C"})", {.principal = somebody});
//   auto order = co_await client.call<Order>("getOrder", GetOrder{.id = id}, {.token = token});
//
// Jobs, WebSocket requests and tests use it. Faults of the input carry a JSON Pointer.
namespace ashlar::api {

// The caller and the call's metadata. Views outlive the call's task.
struct Caller {
  std::shared_ptr<const auth::Principal> principal = {};  // already authenticated; not authenticated again
  std::string_view token = {};                            // alternatively an access token; neither: anonymous
  std::string_view transport = "in-process";              // a literal, for the log
  std::string_view transport_only = {};                   // calls operations that only this transport serves instead
  std::string_view address = "in-process";                // rate limits count by it
  std::string_view agent = {};
  std::string_view idempotency_key = {};
  std::string_view request_id = {};   // empty: generated
  std::string_view traceparent = {};  // W3C Trace Context
  std::optional<Clock::Steady> deadline = {};
  std::string_view client_certificate = {};                      // see Call::client_certificate
  std::function<std::string_view(std::string_view)> field = {};  // see Call::field; empty: there are none
  Invocation::Limits limits = Invocation::Limits::counted;
};

// The result of a successful call.
struct ClientReply {
  ReplyShape::Kind kind = ReplyShape::Kind::none;
  std::string json;  // the value, or the array of a page's items; empty for no value and for streams
  std::int64_t page = 0, limit = 0, total = 0;
  TotalKind total_kind = TotalKind::exact;
  std::optional<PageCursors> cursors{};  // of a page read with a cursor
  ReplyView::Service service = ReplyView::Service::available;
  std::optional<Credentials> credentials;  // for the client to store
  ItemProducer producer;                   // of a stream: runs when the caller invokes it
  std::string request_id;
};

// Another form than JSON for the input and the reply of a call, for transports. One object for each call, which it
// outlives.
class ClientCodec {
 public:
  ClientCodec() = default;
  ClientCodec(const ClientCodec&) = delete;
  ClientCodec& operator=(const ClientCodec&) = delete;

  // Reads and validates the input into `value`, a default-constructed object of `type`.
  virtual Result<> read(const schema::Type& type, void* value) = 0;
  // Neither for a reply without a value nor for a stream. The views end with the call of write().
  virtual void write(const ReplyView& reply) = 0;

 protected:
  ~ClientCodec() = default;
};

// What HTTP answers with: {"data": ..., "pagination": ...}; empty for a reply without a value, and for a stream.
[[nodiscard]] std::string body_of(const ClientReply& reply);

// Safe from every loop; the Api outlives it.
class Client {
 public:
  explicit Client(const Api& api) : api_(api) {}

  // Errors: operation.not_found, and all errors of the operation and its guards. An operation that streams returns a
  // producer.
  [[nodiscard]] Task<Result<ClientReply>> call(std::string operation, std::string json, Caller caller) const;

  // The same; ClientReply::json stays empty.
  [[nodiscard]] Task<Result<ClientReply>> call(std::string operation, ClientCodec& codec, Caller caller) const;

  // With a struct as the input. Throws std::logic_error when the operation has another input type.
  template <schema::DescribedStruct In>
    requires(!std::same_as<In, std::string>)
  [[nodiscard]] Task<Result<ClientReply>> call(std::string operation, In input, Caller caller) const {
    return call_with(std::move(operation), schema::type_of<In>(), schema::to_json(input), std::move(caller));
  }
  // The reply's value as a struct. Throws std::logic_error when the reply is not a single value.
  template <schema::DescribedStruct Out, class In>
  [[nodiscard]] Task<Result<Out>> call(std::string operation, In input, Caller caller) const {
    auto reply = co_await call(std::move(operation), std::move(input), std::move(caller));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    co_return read_value<Out>(*reply);
  }

 private:
  Task<Result<ClientReply>> call_with(std::string operation, const schema::Type& type, std::string json,
                                      Caller caller) const;
  Task<Result<ClientReply>> run(const PreparedEndpoint& endpoint, ClientCodec& codec, Caller caller) const;
  static void require_value(const ClientReply& reply);
  template <class Out>
  static Result<Out> read_value(const ClientReply& reply) {
    require_value(reply);
    return schema::read_json<Out>(reply.json);
  }

  const Api& api_;
};

}  // namespace ashlar::api
