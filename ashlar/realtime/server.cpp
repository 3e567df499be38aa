// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/server.hpp"

#include "ashlar/realtime/detail/connection.hpp"
#include "ashlar/realtime/detail/loop.hpp"
#include "ashlar/realtime/websocket_handshake.hpp"
#include "ashlar/realtime/websocket_upgrade.hpp"
#include "ashlar/web/csrf.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ashlar::realtime {

using detail::Connection;
using detail::Identity;
using detail::Loop;
using detail::ServerState;

namespace {

constexpr std::string_view bearer_prefix = "bearer.";
constexpr std::string_view ticket_prefix = "ticket=";

ChannelOptions options_of(const ServerState& state, std::string_view topic) {
  ChannelOptions out{.history = state.options.history};
  const auto found = state.services.channels.find(channel_of_topic(topic));
  if (!found || found->channel->publishers == Channel::Publishers::feed)
    out.numbering = ChannelOptions::Numbering::feed;
  return out;
}

std::string written(std::string_view topic, const Member& member, PresenceChange change) {
  return protocol::write(protocol::Presence{
      .channel = std::string(channel_of_topic(topic)),
      .change = change == PresenceChange::joined ? protocol::PresenceOf::joined : protocol::PresenceOf::left,
      .members = {{.key = member.key, .info = JsonObject::trusted(member.info)}}});
}

// The token of the subprotocol "bearer.<token>", for browsers, which set no header field of a WebSocket.
std::string_view token_of_subprotocol(const http::Request& request) {
  const auto offered = offered_protocols(request.headers.get("Sec-WebSocket-Protocol"));
  if (!offered) return {};
  for (const std::string_view protocol : *offered) {
    if (protocol.starts_with(bearer_prefix)) return protocol.substr(bearer_prefix.size());
  }
  return {};
}

struct SignedIn {
  std::shared_ptr<const auth::Principal> principal;
  std::string token;
};

// A field that a page cannot set comes from a program. Else the token is from a cookie, which the browser sends for
// every page: only a page of this origin may use it.
bool may_use(const ServerState& state, const api::Call& call, const http::Request& request) {
  if (request.headers.count("Authorization") > 0) return true;
  const web::Csrf csrf({.trusted_origins = state.options.trusted_origins});
  return !csrf.refusal(request, state.proxies.origin_of(request).authority, nullptr, call);
}

Task<Result<SignedIn>> sign_in(const ServerState& state, const api::Call& call, const http::Request& request) {
  if (!request.query.empty() && (!request.query.starts_with(ticket_prefix) || request.query.contains('&')))
    co_return fail(errors::token_in_query, "The query may have a ticket, and nothing else.");
  SignedIn out;
  std::string_view token = call.presented_token();
  if (!token.empty() && !may_use(state, call, request)) token = {};
  if (token.empty()) token = token_of_subprotocol(request);
  if (token.empty() && !request.query.empty() && state.services.redeem_ticket) {
    out.principal =
        co_await unwrap(state.services.redeem_ticket(std::string(request.query.substr(ticket_prefix.size()))));
    co_return out;
  }
  out.token = token;
  out.principal = co_await unwrap(state.api->authenticate(out.token));
  co_return out;
}

// Counts a client of an account for as long as it lives.
class Admission {
 public:
  Admission(ServerState& state, const Uuid& account)
      : state_(state), account_(account), admitted_(state.admit(account)) {}
  ~Admission() {
    if (admitted_) state_.release(account_);
  }
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;
  [[nodiscard]] bool admitted() const { return admitted_; }

 private:
  ServerState& state_;
  const Uuid account_;
  const bool admitted_;
};

Task<> use(Loop& loop, std::shared_ptr<const Identity> identity, Socket& socket) {
  const Admission admission(loop.server, identity->principal->id);
  if (!admission.admitted())
    co_return co_await detail::close_at_once(socket, CloseCode::try_again_later,
                                             std::string(errors::too_many_clients.name));
  Connection connection(loop, std::move(identity), socket);
  co_await connection.run();
}

// A refusal before there is a socket; browsers show pages nothing of it.
void write_refusal(http::Response& response) {
  response.headers.set("Content-Type", "application/problem+json");
  response.body =
      response.status == 426
          ? R"({"type":"about:blank","title":"Upgrade Required","status":426,"detail":"This is a WebSocket."})"
          : R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"The handshake is malformed."})";
}

Task<Result<>> upgrade(api::Call& call, http::Request& request, http::Response& response, ServerState& state) {
  const LoopExecutor executor = co_await boost::asio::this_coro::executor;
  Loop* const loop = state.loop_of(executor.context());
  if (loop == nullptr || loop->is_draining()) co_return fail(errors::restarting, "The server is restarting.");
  constexpr std::array protocols{protocol::subprotocol};
  const auto accepted = accept_upgrade(request, response, protocols);
  if (!accepted) {
    write_refusal(response);
    co_return Result<>{};
  }
  auto signed_in = co_await sign_in(state, call, request);
  const Compression compression = accepted->compression;
  if (!signed_in) {
    response.tunnel = [loop, compression, reason = std::string(signed_in.error().code().name)](http::Tunnel& tunnel) {
      return loop->sockets.serve(tunnel, compression, [reason](Socket& socket) {
        return detail::close_at_once(socket, CloseCode::policy_violation, reason);
      });
    };
    co_return Result<>{};
  }
  const bool is_key = signed_in->principal->api_key.has_value();
  auto identity = std::make_shared<const Identity>(Identity{.principal = std::move(signed_in->principal),
                                                            .api_key = is_key ? std::move(signed_in->token) : "",
                                                            .address = std::string(call.client_address()),
                                                            .agent = std::string(call.client_agent())});
  response.tunnel = [loop, compression, identity = std::move(identity)](http::Tunnel& tunnel) {
    return loop->sockets.serve(tunnel, compression,
                               [loop, identity](Socket& socket) { return use(*loop, identity, socket); });
  };
  co_return Result<>{};
}

}  // namespace

Server::Server(ServerOptions options, ServerServices services)
    : state_(std::make_unique<ServerState>(std::move(options), std::move(services))) {}

Server::~Server() = default;

void Server::serve(const api::Api& api) {
  state_->api = &api;
  state_->client.emplace(api);
}

void Server::start(const std::vector<boost::asio::io_context*>& loops, FeedStart feed) {
  if (state_->api == nullptr) throw std::logic_error("realtime::Server starts after serve()");
  state_->feed = feed;
  HubOptions options = state_->options.hub;
  options.feed_epoch = feed.epoch;
  options.feed_offset = feed.offset;
  state_->hub = std::make_unique<Hub>(
      state_->services.clock, state_->services.random,
      [state = state_.get()](std::string_view topic) { return options_of(*state, topic); }, &written, options);
  for (boost::asio::io_context* io : loops) state_->loops.push_back(std::make_shared<Loop>(*state_, *state_->hub, *io));
  for (const auto& loop : state_->loops) loop->start();
}

void Server::close() {
  for (const auto& loop : state_->loops) loop->close();
  state_->loops.clear();
  state_->hub.reset();
}

namespace {

// A loop may be closed before its io_context runs what was posted.
void on_each_loop(const ServerState& state, const std::function<void(Loop&)>& act) {
  for (const auto& loop : state.loops) {
    boost::asio::post(loop->io, [weak = std::weak_ptr(loop), act] {
      if (const auto each = weak.lock()) act(*each);
    });
  }
}

}  // namespace

void Server::drain() {
  on_each_loop(*state_, [](Loop& loop) { loop.drain(); });
}

void Server::account_changed(const std::optional<Uuid>& account) {
  if (state_->peers == 0) return;
  on_each_loop(*state_, [account](Loop& loop) { loop.check_account(account); });
}

void Server::session_ended(const Uuid& session) {
  if (state_->peers == 0) return;
  on_each_loop(*state_, [session](Loop& loop) { loop.end_session(session); });
}

Hub* Server::hub() { return state_->hub.get(); }

Server::Statistics Server::statistics() const {
  return {.clients = state_->peers, .hub = state_->hub ? state_->hub->statistics() : Hub::Statistics{}};
}

void mount(web::Routes& routes, Server& server, std::string_view path) {
  web::Route& route =
      routes.raw(http::Method::get, path,
                 [state = &server.state()](api::Call& call, http::Request& request, http::Response& response) {
                   return upgrade(call, request, response, *state);
                 });
  route.set_guard(api::open());
  route.compressed = web::Route::Compressed::no;
  route.endpoint.name = "realtime";
  route.endpoint.summary = "WebSockets of the subprotocol ashlar.v1";
  route.endpoint.effect = api::Endpoint::Effect::reads;
}

}  // namespace ashlar::realtime
