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
  ClientTransport(const Caller& caller, std::string_view operation) : caller_(caller), operation_(operation) {}

  [[nodiscard]] std::string_view name() const override { return caller_.transport; }
  [[nodiscard]] std::string_view target() const override { return operation_; }
  [[nodiscard]] bool late() const override { return std::chrono::steady_clock::now() >= deadline_; }
  [[nodiscard]] Credential credential(const Call&) override { return {.token = caller_.token}; }
  [[nodiscard]] std::string_view field(std::string_view name) const override {
    return caller_.field ? caller_.field(name) : std::string_view{};
  }
  [[nodiscard]] std::optional<Error> refuse(const Endpoint&, const Call&) override { return std::nullopt; }
  void set_rate_limit(const RateLimitDecision&) override {}
  // By the real clock, which cancels calls.
  void set_deadline(Clock::Steady deadline) { deadline_ = deadline; }

 private:
  const Caller& caller_;
  const std::string_view operation_;
  Clock::Steady deadline_ = Clock::Steady::max();
};

bool is_well_formed(std::string_view idempotency_key) {
  return idempotency_key.size() <= Call::idempotency_key_bytes_max &&
         std::ranges::all_of(idempotency_key, [](char c) { return c > ' ' && c <= '~'; });
}

class JsonCodec final : public ClientCodec {
 public:
  explicit JsonCodec(std::string_view json) : json_(json) {}

  Result<> read(const schema::Type& type, void* value) override {
    std::vector<Fault> faults;
    if (json_.empty() && !needs_body(type)) return {};
    if (auto read = schema::read_json(json_, type, value); !read) return read;
    schema::refine(type, value, "/", faults);
    if (faults.empty()) return {};
    return std::unexpected(Error(ashlar::errors::invalid_input, "The input is not valid.", std::move(faults)));
  }
  void write(const ReplyView& view) override {
    const bool page = view.shape.kind == ReplyShape::Kind::page;
    schema::write_json(page ? *view.items_type : *view.shape.type, view.value, reply);
  }

  std::string reply;

 private:
  static bool needs_body(const schema::Type& type) {
    return std::ranges::any_of(type.members, [](const schema::Member& member) { return member.required; });
  }

  const std::string_view json_;
};

class CodecInput final : public InputSource {
 public:
  CodecInput(ClientCodec& codec, const Endpoint& endpoint, Call& call, std::string_view idempotency_key)
      : codec_(codec), endpoint_(endpoint), call_(call), key_(idempotency_key) {}

  std::optional<Result<>> try_read(const schema::Type& type, void* value) override {
    if (endpoint_.idempotency == Endpoint::Idempotency::taken && !key_.empty()) {
      if (!is_well_formed(key_)) return refuse_key();
      call_.set_idempotency_key(key_);
    }
    return codec_.read(type, value);
  }
  Task<Result<>> read(const schema::Type& type, void* value) override { co_return *try_read(type, value); }

 private:
  static Result<> refuse_key() {
    return std::unexpected(Error(ashlar::errors::invalid_input, "The input is not valid.",
                                 {{.path = "idempotencyKey",
                                   .code = std::string(schema::codes::text),
                                   .message = "must be 1 to 255 visible ASCII characters"}}));
  }

  ClientCodec& codec_;
  const Endpoint& endpoint_;
  Call& call_;
  const std::string_view key_;
};

class CodecReply final : public ReplySink {
 public:
  CodecReply(ClientCodec& codec, std::string_view request_id) : codec_(codec) { reply.request_id = request_id; }

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
      codec_.write(view);
    }
  }
  void fail(const Error& error) override { failure.emplace(error); }

  ClientReply reply;
  std::optional<Error> failure;

 private:
  ClientCodec& codec_;
};

std::string text_or_null(const std::optional<std::string>& text) {
  std::string out;
  if (!text) return "null";
  schema::write_json_string(*text, out);
  return out;
}

Task<Result<>> invoke(const Api& api, Invocation invocation) {
  co_await api.invoke(std::move(invocation));
  co_return Result<>{};
}

}  // namespace

std::string body_of(const ClientReply& reply) {
  using Kind = ReplyShape::Kind;
  if (reply.json.empty() || reply.kind == Kind::bare) return reply.json;
  std::string out = R"({"data":)" + reply.json;
  if (reply.kind == Kind::page && reply.cursors) {
    out += R"(,"pagination":{"limit":)" + std::to_string(reply.limit) + R"(,"next":)" +
           text_or_null(reply.cursors->next) + R"(,"previous":)" + text_or_null(reply.cursors->previous) + "}";
  } else if (reply.kind == Kind::page) {
    out += R"(,"pagination":{"page":)" + std::to_string(reply.page) + R"(,"limit":)" + std::to_string(reply.limit) +
           R"(,"total":)" + std::to_string(reply.total) +
           (reply.total_kind == TotalKind::exact ? "}" : R"(,"totalIsExact":false})");
  }
  return out + "}";
}

Task<Result<ClientReply>> Client::call(std::string operation, std::string json, Caller caller) const {
  const PreparedEndpoint* endpoint = api_.find(operation);
  const schema::Type& type = endpoint == nullptr ? schema::type_of<NoInput>() : endpoint->endpoint->operation->input();
  co_return co_await call_with(std::move(operation), type, std::move(json), std::move(caller));
}

Task<Result<ClientReply>> Client::call(std::string operation, ClientCodec& codec, Caller caller) const {
  const PreparedEndpoint* endpoint = api_.find(operation);
  if (endpoint == nullptr || !endpoint->endpoint->operation->transport().empty())
    co_return fail(errors::operation_not_found, "There is no such operation.");
  co_return co_await run(*endpoint, codec, std::move(caller));
}

Task<Result<ClientReply>> Client::call_with(std::string operation, const schema::Type& type, std::string json,
                                            Caller caller) const {
  const PreparedEndpoint* endpoint = api_.find(operation);
  if (endpoint == nullptr || endpoint->endpoint->operation->transport() != caller.transport_only)
    co_return fail(errors::operation_not_found, "There is no such operation.");
  if (&type != &endpoint->endpoint->operation->input())
    throw std::logic_error("the operation " + operation + " takes another input");
  JsonCodec codec(json);
  auto reply = co_await run(*endpoint, codec, std::move(caller));
  if (reply) reply->json = std::move(codec.reply);
  co_return reply;
}

Task<Result<ClientReply>> Client::run(const PreparedEndpoint& endpoint, ClientCodec& codec, Caller caller) const {
  const Call::Environment& environment = api_.environment();
  ClientTransport transport(caller, endpoint.endpoint->name);
  const RequestId id(caller.request_id, *environment.random);
  UserCall call(environment, transport, id.view());
  call.set_client(caller.address, caller.agent);
  call.set_client_certificate(caller.client_certificate);
  call.set_trace(caller.traceparent, {});
  call.set_principal(std::move(caller.principal));
  if (caller.deadline) call.set_deadline(*caller.deadline);
  CodecInput input(codec, *endpoint.endpoint, call, caller.idempotency_key);
  CodecReply sink(codec, id.view());
  const Clock::Steady began = environment.clock->steady();
  Invocation invocation{.endpoint = endpoint,
                        .call = call,
                        .transport = transport,
                        .input = input,
                        .reply = sink,
                        .began = began,
                        .limits = caller.limits};
  api_.began();
  if (api_.try_invoke(invocation) == Api::Progress::waiting) {
    if (call.deadline() == Clock::Steady::max()) {
      co_await api_.invoke(std::move(invocation));
    } else {
      const auto deadline = std::chrono::steady_clock::now() + (call.deadline() - environment.clock->steady());
      transport.set_deadline(deadline);
      // A cancelled call ends by itself, with its error in the sink.
      (void)co_await async::with_deadline(invoke(api_, std::move(invocation)), deadline);
    }
  }
  using Outcome = CallRecord::Result;
  api_.ended({.call = call,
              .endpoint = &endpoint,
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
