// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/principal.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/web/trace_context.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::log {
class Logger;
}

namespace ashlar::web {

// What an operation can know about the call it serves, whichever face it came through: nothing of HTTP is here.
// Lives as long as the call; the views too.
class Context {
 public:
  struct Environment {  // outlives every call
    const Clock* clock;
    Random* random;
    log::Logger* logger;
  };
  Context(const Environment& environment, std::string_view request_id) : env_(environment), request_id_(request_id) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // Who asks; null on an open route without a token. On every other route there is one.
  [[nodiscard]] const auth::Principal* principal() const { return principal_.get(); }
  // The same where the route's guard promises one (asserted).
  [[nodiscard]] const auth::Principal& user() const;
  // Passes when the caller is the owner or an admin; else error auth.forbidden.
  [[nodiscard]] Result<> require_owner(const Uuid& owner) const;

  [[nodiscard]] std::string_view request_id() const { return request_id_; }
  // The trace that the caller began, or one that begins here: made when it is first asked for. Its traceparent() and
  // trace_state() go with every call that this one makes.
  [[nodiscard]] const TraceContext& trace() const {
    return trace_ ? *trace_ : trace_.emplace(traceparent_, *env_.random);
  }
  [[nodiscard]] std::string_view trace_state() const { return trace().continues() ? trace_state_ : std::string_view{}; }
  [[nodiscard]] std::string_view client_address() const { return client_address_; }
  [[nodiscard]] std::string_view client_agent() const { return client_agent_; }  // User-Agent, cut to 512 bytes
  // Subject of the client's verified TLS certificate (RFC 4514: "CN=billing,O=Example"); empty when it has none.
  [[nodiscard]] std::string_view client_certificate() const { return client_certificate_; }
  [[nodiscard]] Timestamp now() const { return env_.clock->now(); }
  [[nodiscard]] const Clock& clock() const { return *env_.clock; }
  [[nodiscard]] Random& random() const { return *env_.random; }
  [[nodiscard]] Uuid new_id() const { return Uuid::make(*env_.clock, *env_.random); }
  [[nodiscard]] log::Logger& log() const { return *env_.logger; }

  // Of the last event that the client has of the stream that it asks for again; empty: it begins. The client's word.
  [[nodiscard]] std::string_view last_event_id() const { return last_event_id_; }

  // What the client calls this call, so that it can be sent again and happen once: 1 to 255 visible ASCII characters.
  // Empty: it has no name, or the route asks for none (RouteLine::idempotency_key).
  [[nodiscard]] std::string_view idempotency_key() const { return idempotency_key_; }

  // A refresh token that the client keeps for us (a cookie, over HTTP); empty when there is none.
  [[nodiscard]] std::string_view kept_refresh_token() const { return kept_refresh_token_; }
  // Asks the face to make the client keep these (HTTP: HttpOnly cookies), or to forget what it kept.
  struct Credentials {
    std::string access_token;
    std::string refresh_token;
    Timestamp access_expires_at;
    Timestamp refresh_expires_at;
  };
  void keep(Credentials credentials) { kept_ = std::make_unique<Credentials>(std::move(credentials)); }
  void forget_credentials() { keep({}); }
  // Null: nothing was asked for. Empty ones: forget.
  [[nodiscard]] const Credentials* credentials_to_keep() const { return kept_.get(); }

  // For the faces.
  void set_principal(std::shared_ptr<const auth::Principal> principal) { principal_ = std::move(principal); }
  void set_client(std::string_view address, std::string_view agent) {
    client_address_ = address;
    client_agent_ = agent.substr(0, 512);
  }
  void set_client_certificate(std::string_view subject) { client_certificate_ = subject; }
  void set_trace(std::string_view traceparent, std::string_view state) {
    traceparent_ = traceparent;
    trace_state_ = state;
  }
  // Whether somebody traces this call: the caller, or who asked for trace().
  [[nodiscard]] bool is_traced() const { return trace_ || TraceContext::parse(traceparent_); }
  void set_last_event_id(std::string_view id) { last_event_id_ = id; }
  void set_idempotency_key(std::string_view key) { idempotency_key_ = key; }
  void set_kept_refresh_token(std::string_view token) { kept_refresh_token_ = token; }

 private:
  const Environment& env_;
  std::string_view request_id_;
  std::shared_ptr<const auth::Principal> principal_;
  std::string_view client_address_;
  std::string_view client_agent_;
  std::string_view client_certificate_;
  std::string_view idempotency_key_;
  std::string_view kept_refresh_token_;
  std::string_view last_event_id_;
  std::string_view traceparent_;
  std::string_view trace_state_;
  mutable std::optional<TraceContext> trace_;
  std::unique_ptr<Credentials> kept_;
};

}  // namespace ashlar::web
