// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/client.hpp"

#include "ashlar/api/request_id.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/schema/fault_codes.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::api {

namespace {

class ClientTransport final : public Transport {
 public:
  ClientTransport(std::string_view name, std::string_view operation, std::string_view token)
      : name_(name), operation_(operation), token_(token) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view target() const override { return operation_; }
  [[nodiscard]] bool late() const override { return std::chrono::steady_clock::now() >= deadline_; }
  [[nodiscard]] Credential credential(const Call&) override { return {.token = token_}; }
  [[nodiscard]] std::string_view field(std::string_view) const override { return {}; }
  [[nodiscard]] std::optional<Error> refuse(const Endpoint&, const Call&) override { return std::nullopt; }
  void set_rate_limit(const RateLimitDecision&) override {}
  // By the real clock, which cancels calls.
  void set_deadline(Clock::Steady deadline) { deadline_ = deadline; }

 private:
  const std::string_view name_;
  const std::string_view operation_;
  const std::string_view token_;
  Clock::Steady deadline_ = Clock::Steady::max();
};

bool is_well_formed(std::string_view idempotency_key) {
  return idempotency_key.size() <= Call::idempotency_key_bytes_max &&
         std::ranges::all_of(idempotency_key, [](char c) { return c > ' ' && c <= '~'; });
}

class JsonInput final : public InputSource {
 public:
  JsonInput(std::string_view json, const Endpoint& endpoint, Call& call, std::string_view idempotency_key)
      : json_(json), endpoint_(endpoint), call_(call), key_(idempotency_key) {}

  std::optional<Result<>> try_read(const schema::Type& type, void* value) override {
    std::vector<Fault> faults;
    if (endpoint_.idempotency == Endpoint::Idempotency::taken && !key_.empty()) {
      if (!is_well_formed(key_)) return refuse_key();
      call_.set_idempotency_key(key_);
    }
    if (json_.empty() && !needs_body(type)) return Result<>{};
    if (auto read = schema::read_json(json_, type, value); !read) return read;
    schema::refine(type, value, "/", faults);
    if (faults.empty()) return Result<>{};
    return std::unexpected(Error(ashlar::errors::invalid_input, "The input is not valid.", std::move(faults)));
  }
  Task<Result<>> read(const schema::Type& type, void* value) override { co_return *try_read(type, value); }

 private:
  static bool needs_body(const schema::Type& type) {
    return std::ranges::any_of(type.members, [](const schema::Member& member) { return member.required; });
  }
  static Result<> refuse_key() {
    return std::unexpected(Error(ashlar::errors::invalid_input, "The input is not valid.",
                                 {{.path = "idempotencyKey",
                                   .code = std::string(schema::codes::text),
                                   .message = "must be 1 to 255 visible ASCII characters"}}));
  }

  const std::string_view json_;
  const Endpoint& endpoint_;
  Call& call_;
  const std::string_view key_;
};

class JsonReply final : public ReplySink {
 public:
  explicit JsonReply(std::string_view request_id) { reply.request_id = request_id; }

  void write(const ReplyView& view) override {
    reply.kind = view.shape.kind;
    reply.page = view.page;
    reply.limit = view.limit;
    reply.total = view.total;
    reply.total_kind = view.total_kind;
    if (view.cursors != nullptr) reply.cursors = *view.cursors;
    reply.service = view.service;
    if (view.credentials != nullptr) reply.credentials = *view.credentials;
    if (view.shape.streams()) {
      reply.producer = std::move(*view.producer);
    } else if (view.shape.kind != ReplyShape::Kind::none) {
      const bool page = view.shape.kind == ReplyShape::Kind::page;
      schema::write_json(page ? *view.items_type : *view.shape.type, view.value, reply.json);
    }
  }
  void fail(const Error& error) override { failure.emplace(error); }

  ClientReply reply;
  std::optional<Error> failure;
};

Task<Result<>> run(const Api& api, Invocation invocation) {
  co_await api.invoke(std::move(invocation));
  co_return Result<>{};
}

}  // namespace

Task<Result<ClientReply>> Client::call(std::string operation, std::string json, Caller caller) const {
  const PreparedEndpoint* endpoint = api_.find(operation);
  const schema::Type& type = endpoint == nullptr ? schema::type_of<NoInput>() : endpoint->endpoint->operation->input();
  co_return co_await call_with(std::move(operation), type, std::move(json), std::move(caller));
}

Task<Result<ClientReply>> Client::call_with(std::string operation, const schema::Type& type, std::string json,
                                            Caller caller) const {
  const Call::Environment& environment = api_.environment();
  const PreparedEndpoint* endpoint = api_.find(operation);
  if (endpoint == nullptr || !endpoint->endpoint->operation->transport().empty())
    co_return fail(errors::operation_not_found, "There is no such operation.");
  if (&type != &endpoint->endpoint->operation->input())
    throw std::logic_error("the operation " + operation + " takes another input");

  ClientTransport transport(caller.transport, operation, caller.token);
  const RequestId id(caller.request_id, *environment.random);
  UserCall call(environment, transport, id.view());
  call.set_client(caller.address, caller.agent);
  call.set_trace(caller.traceparent, {});
  call.set_principal(std::move(caller.principal));
  if (caller.deadline) call.set_deadline(*caller.deadline);
  JsonInput input(json, *endpoint->endpoint, call, caller.idempotency_key);
  JsonReply sink(id.view());
  const Clock::Steady began = environment.clock->steady();
  Invocation invocation{
      .endpoint = *endpoint, .call = call, .transport = transport, .input = input, .reply = sink, .began = began};
  api_.began();
  if (api_.try_invoke(invocation) == Api::Progress::waiting) {
    if (call.deadline() == Clock::Steady::max()) {
      co_await api_.invoke(std::move(invocation));
    } else {
      const auto deadline = std::chrono::steady_clock::now() + (call.deadline() - environment.clock->steady());
      transport.set_deadline(deadline);
      // A cancelled call ends by itself, with its error in the sink.
      (void)co_await async::with_deadline(run(api_, std::move(invocation)), deadline);
    }
  }
  using Outcome = CallRecord::Result;
  api_.ended({.call = call,
              .endpoint = endpoint,
              .code = sink.failure ? sink.failure->code().name : std::string_view{},
              .result = sink.failure ? Outcome::failure : Outcome::success,
              .took = environment.clock->steady() - began});
  if (sink.failure) co_return std::unexpected(std::move(*sink.failure));
  co_return std::move(sink.reply);
}

void Client::require_value(const ClientReply& reply) {
  using Kind = ReplyShape::Kind;
  if (reply.kind != Kind::data && reply.kind != Kind::created && reply.kind != Kind::accepted &&
      reply.kind != Kind::bare)
    throw std::logic_error("the operation does not reply with a single value");
}

}  // namespace ashlar::api
