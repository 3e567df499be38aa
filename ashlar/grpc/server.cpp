// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/server.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/grpc/detail/framing.hpp"
#include "ashlar/grpc/detail/message_codec.hpp"
#include "ashlar/grpc/detail/protocol.hpp"
#include "ashlar/grpc/detail/reflection.hpp"
#include "ashlar/grpc/detail/wire.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/schema/protobuf_json.hpp"
#include "ashlar/web/bearer_token.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <utility>

namespace ashlar::grpc {

namespace {

using detail::Encoding;
using detail::Format;
using detail::MessageWriter;
using detail::Protocol;

class Codec final : public api::ClientCodec {
 public:
  Codec(const Method& method, Encoding encoding, std::string_view message)
      : method_(method), encoding_(encoding), message_(message) {}

  Result<> read(const schema::Type& type, void* value) override {
    if (method_.input->shape == Message::Shape::empty) return {};
    if (encoding_ == Encoding::proto) return detail::read_message(message_, *method_.input, value);
    return schema::read_protobuf_json(message_.empty() ? "{}" : message_, type, value);
  }
  void write(const api::ReplyView& reply) override {
    if (encoding_ == Encoding::proto) return detail::write_reply(*method_.output, reply, out);
    detail::write_reply_json(*method_.output, reply, out);
  }

  std::string out;

 private:
  const Method& method_;
  const Encoding encoding_;
  const std::string_view message_;
};

// Receives the items of an operation that streams.
class StreamSink final : public api::ItemSink {
 public:
  StreamSink(const Message& item, MessageWriter& out) : item_(item), out_(out) {}

  void add(const schema::Type&, const void* value, const api::EventFields&) override {
    std::string message;
    if (out_.format().encoding == Encoding::proto) {
      detail::write_message(item_, value, message);
    } else {
      detail::write_json(item_, value, message);
    }
    out_.add(message);
  }
  Task<Result<>> ready() override { return out_.flush(); }

 private:
  const Message& item_;
  MessageWriter& out_;
};

Task<Result<>> stream_items(api::ItemProducer produce, const Message& item, MessageWriter& out) {
  StreamSink sink(item, out);
  co_return co_await produce(sink);
}

// Of grpc.health.v1.HealthCheckResponse.
enum class Serving : std::uint8_t { unknown, serving, not_serving, service_unknown };

std::string health_reply(Serving serving, Encoding encoding) {
  std::string out;
  if (encoding == Encoding::proto) {
    detail::append_varint_field(1, static_cast<std::uint64_t>(serving), out);
    return out;
  }
  constexpr std::array<std::string_view, 4> names{"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
  return R"({"status":")" + std::string(names[static_cast<std::size_t>(serving)]) + R"("})";
}

struct HealthRequest {
  std::optional<std::string> service{};
};
ASHLAR_DESCRIBE(HealthRequest, service)

Result<std::string> service_of(std::string_view message, Encoding encoding) {
  if (encoding == Encoding::json) {
    auto request = schema::read_json<HealthRequest>(message.empty() ? "{}" : message);
    if (!request) return std::unexpected(std::move(request.error()));
    return std::move(request->service).value_or("");
  }
  detail::WireReader reader(message);
  detail::WireField wire;
  std::string_view out;
  while (reader.next(wire)) {
    if (wire.field == 1 && wire.type == detail::WireType::bytes) out = wire.bytes;
  }
  if (reader.malformed()) return fail(errors::malformed_protobuf, "The message is no protobuf.");
  return std::string(out);
}

Task<Serving> serving_now(const ServerOptions& options) {
  if (!options.is_ready) co_return Serving::serving;
  co_return co_await options.is_ready() ? Serving::serving : Serving::not_serving;
}

// Ends when the client leaves or the server stops.
Task<Result<>> watch(const ServerOptions& options, std::optional<Serving> fixed, MessageWriter& out) {
  std::optional<Serving> sent;
  while (true) {
    const Serving now = fixed ? *fixed : co_await serving_now(options);
    if (sent != now) {
      sent = now;
      if (auto written = co_await out.send(health_reply(now, out.format().encoding)); !written) co_return written;
    }
    co_await async::sleep_for(options.watch_interval);
  }
}

Task<Result<>> reflect(const detail::Reflection& reflection, http::BodyReader& body, std::size_t message_bytes_max,
                       MessageWriter& out) {
  std::string arrived;
  while (true) {
    const std::string_view piece = co_await unwrap(body.read());
    if (piece.empty()) break;
    arrived += piece;
    std::string_view rest = arrived;
    while (true) {
      const auto frame = co_await unwrap(detail::take_frame(rest, message_bytes_max));
      if (!frame) break;
      if (frame->flags != 0) co_return fail(errors::unknown_encoding, "Requests of reflection are not compressed.");
      out.add(co_await unwrap(reflection.answer(frame->message)));
    }
    arrived.erase(0, arrived.size() - rest.size());
    if (auto sent = co_await out.flush(); !sent) co_return sent;
  }
  if (arrived.empty()) co_return Result<>{};
  co_return fail(errors::malformed_frame, "The message is cut off.");
}

// "/ashlar.v1.Auth/Login"
std::pair<std::string_view, std::string_view> split(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return {path.substr(1, slash - 1), path.substr(slash + 1)};
}

std::string_view transport_name(Protocol protocol) {
  if (protocol == Protocol::grpc) return "grpc";
  return protocol == Protocol::web || protocol == Protocol::web_text ? "grpc-web" : "connect";
}

Error no_method() { return {errors::method_not_found, "There is no such method."}; }

}  // namespace

struct Server::Builtin {
  detail::Reflection reflection;
};

// One request. References that outlive the response.
struct Server::Exchange {
  api::Call& call;
  http::Request& request;
  http::Response& response;
  Format format;
  std::optional<std::chrono::milliseconds> timeout{};

  void fail_with(const Error& error, std::string_view domain) const {
    detail::write_failure(format, error, domain, response);
  }
};

Server::Server(ServerOptions options) : options_(std::move(options)) {}
Server::~Server() = default;

void Server::serve(const api::Api& api) {
  proto_ = std::make_unique<Proto>(api, options_.package, FieldNumbers(options_.field_numbers));
  builtin_ = std::make_unique<Builtin>(detail::Reflection(*proto_));
  client_.emplace(api);
}

Task<> Server::answer(api::Call& call, http::Request& request, http::Response& response) const {
  if (!client_) throw std::logic_error("grpc::Server answers after serve()");
  const bool is_get = request.method == http::Method::get || request.method == http::Method::head;
  const auto format = is_get ? detail::format_of_get(request) : detail::format_of_post(request);
  if (!format) {
    response.status = 415;
    response.headers.set("Accept-Post", detail::accept_post);
    co_return;
  }
  Exchange exchange{.call = call, .request = request, .response = response, .format = *format};
  const auto [service_path, method_path] = split(request.path);
  const Service* const service = proto_->find(service_path);
  const Method* method = nullptr;
  if (service != nullptr) {
    const auto found = std::ranges::find(service->methods, method_path, &Method::name);
    if (found != service->methods.end()) method = &*found;
  }
  if (is_get && (method == nullptr || !method->reads() || method->streams())) {
    response.status = 405;
    response.headers.set("Allow", "POST");
    co_return;
  }
  const auto timeout = detail::timeout_of(*format, request);
  if (!timeout) co_return exchange.fail_with(timeout.error(), options_.error_domain);
  exchange.timeout = *timeout;
  const bool is_bidirectional =
      service_path == detail::reflection_service || service_path == detail::reflection_alpha_service;
  Result<std::string> message = std::string{};
  if (is_get) {
    message = detail::message_of_query(request, options_.message_bytes_max);
  } else if (!is_bidirectional) {
    const auto body = co_await request.body->read_all(detail::body_bytes_max(*format, options_.message_bytes_max));
    if (!body) co_return exchange.fail_with(body.error(), options_.error_domain);
    message = detail::message_of_body(*format, request, *body, options_.message_bytes_max);
  }
  if (!message) co_return exchange.fail_with(message.error(), options_.error_domain);
  if (service == nullptr) co_return co_await answer_builtin(exchange, service_path, method_path, std::move(*message));
  if (method == nullptr) co_return exchange.fail_with(no_method(), options_.error_domain);
  co_await this->call(exchange, *method, std::move(*message));
}

Task<> Server::call(Exchange& exchange, const Method& method, std::string message) const {
  const auto& headers = exchange.request.headers;
  if (method.streams() && exchange.format.protocol == Protocol::connect)
    co_return exchange.fail_with(Error(errors::method_not_found, "A stream needs a content type of streams."),
                                 options_.error_domain);
  const api::Caller caller{
      .token = web::bearer_token(headers.get("Authorization")).value_or(""),
      .transport = transport_name(exchange.format.protocol),
      .address = exchange.call.client_address(),
      .agent = exchange.call.client_agent(),
      .idempotency_key = headers.get("Idempotency-Key"),
      .request_id = exchange.call.request_id(),
      .traceparent = headers.get("traceparent"),
      .deadline = exchange.timeout ? std::optional(exchange.call.clock().steady() + *exchange.timeout) : std::nullopt,
      .client_certificate = exchange.call.client_certificate(),
      .field = [&headers](std::string_view name) { return headers.get(name); }};
  Codec codec(method, exchange.format.encoding, message);
  auto reply = co_await client_->call(method.operation, codec, caller);
  if (!reply) co_return exchange.fail_with(reply.error(), options_.error_domain);
  if (!method.streams()) {
    if (exchange.format.encoding == Encoding::json && codec.out.empty()) codec.out = "{}";
    co_return detail::write_success(exchange.format, codec.out, exchange.response);
  }
  detail::start_stream(
      exchange.format,
      [item = method.output, produce = std::move(reply->producer)](MessageWriter& out) mutable {
        return stream_items(std::move(produce), *item, out);
      },
      options_.error_domain, exchange.response);
}

Task<> Server::answer_builtin(Exchange& exchange, std::string_view service, std::string_view method,
                              std::string message) const {
  const Format format = exchange.format;
  if (service == detail::health_service && (method == "Check" || method == "Watch")) {
    const auto asked = service_of(message, format.encoding);
    if (!asked) co_return exchange.fail_with(asked.error(), options_.error_domain);
    const bool is_known = asked->empty() || *asked == detail::health_service || proto_->find(*asked) != nullptr;
    if (method == "Check") {
      if (!is_known)
        co_return exchange.fail_with(Error(errors::service_not_found, "There is no such service."),
                                     options_.error_domain);
      const Serving now = co_await serving_now(options_);
      co_return detail::write_success(format, health_reply(now, format.encoding), exchange.response);
    }
    const auto fixed = is_known ? std::nullopt : std::optional(Serving::service_unknown);
    if (format.protocol != Protocol::connect)
      co_return detail::start_stream(
          format, [this, fixed](MessageWriter& out) { return watch(options_, fixed, out); }, options_.error_domain,
          exchange.response);
  }
  const bool reflects = service == detail::reflection_service || service == detail::reflection_alpha_service;
  if (reflects && method == "ServerReflectionInfo" && format.protocol == Protocol::grpc)
    co_return detail::start_stream(
        format,
        [this, body = exchange.request.body](MessageWriter& out) {
          return reflect(builtin_->reflection, *body, options_.message_bytes_max, out);
        },
        options_.error_domain, exchange.response);
  exchange.fail_with(no_method(), options_.error_domain);
}

namespace {

Task<Result<>> handle(api::Call& call, http::Request& request, http::Response& response, const Server& server) {
  co_await server.answer(call, request, response);
  co_return Result<>{};
}

web::Route& add_route(web::Routes& routes, http::Method method, const std::string& service, Server& server) {
  web::Route& route = routes.raw(method, "/" + service + "/{method}",
                                 [&server](api::Call& call, http::Request& request, http::Response& response) {
                                   return handle(call, request, response, server);
                                 });
  route.set_guard(api::open());
  route.csrf = web::CsrfCheck::never;  // cookies do not count here
  route.compressed = web::Route::Compressed::no;
  // Base64 makes a message a third larger.
  route.body_bytes_max = server.options().message_bytes_max / 3 * 4 + 1024;
  // The call itself has the operation's limits and its deadline.
  route.endpoint.importance = api::Endpoint::Importance::essential;
  route.endpoint.time_max = std::chrono::milliseconds(0);
  std::string name = method == http::Method::get ? "connect" : "grpc";
  for (const char c : service) {
    if (c != '.') name += c;
  }
  route.endpoint.name = name;
  route.endpoint.summary = "gRPC, gRPC-Web and Connect";
  return route;
}

}  // namespace

void mount(web::Routes& routes, Server& server) {
  std::set<std::string> services;
  for (const auto& route : routes.all()) {
    if (is_served(route->endpoint)) services.insert(server.options().package + '.' + service_name(route->endpoint.tag));
  }
  for (const std::string& service : services) {
    add_route(routes, http::Method::post, service, server);
    add_route(routes, http::Method::get, service, server);
  }
  add_route(routes, http::Method::post, std::string(detail::health_service), server);
  if (server.options().reflection == ServerOptions::Reflection::off) return;
  for (const std::string_view service : {detail::reflection_service, detail::reflection_alpha_service})
    add_route(routes, http::Method::post, std::string(service), server).body_read = web::Route::BodyRead::as_it_arrives;
}

}  // namespace ashlar::grpc
