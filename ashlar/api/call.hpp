// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/trace_context.hpp"
#include "ashlar/api/transport.hpp"
#include "ashlar/auth/authority.hpp"
#include "ashlar/auth/principal.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/log/logger.hpp"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::api {

class Call;

// The log for an operation: each line carries the call's request id, and its trace if one was started. Lives as long as
// the call.
class CallLog {
 public:
  explicit CallLog(const Call& call) : call_(call) {}

  void write(log::Level level, std::string_view message, std::initializer_list<log::Attribute> attributes) const;
  // Never dropped: see Logger::security().
  void security(log::Level level, std::string_view message, std::initializer_list<log::Attribute> attributes) const;
  void debug(std::string_view message, std::initializer_list<log::Attribute> attributes = {}) const {
    write(log::Level::debug, message, attributes);
  }
  void info(std::string_view message, std::initializer_list<log::Attribute> attributes = {}) const {
    write(log::Level::info, message, attributes);
  }
  void warn(std::string_view message, std::initializer_list<log::Attribute> attributes = {}) const {
    write(log::Level::warn, message, attributes);
  }
  void error(std::string_view message, std::initializer_list<log::Attribute> attributes = {}) const {
    write(log::Level::error, message, attributes);
  }

 private:
  const Call& call_;
};

// What an operation knows about its call: the caller, the address, the deadline, the trace and the idempotency key. It
// is the same for every transport and independent of HTTP.
//
// A Call lives on its transport's frame until the reply is written, and is used on one loop. Every view that it returns
// lives as long as the Call.
class Call {
 public:
  struct Environment {  // outlives every call
    const Clock* clock;
    Random* random;
    log::Logger* logger;
  };
  Call(const Environment& environment, const Transport& transport, std::string_view request_id)
      : env_(environment), transport_(transport), request_id_(request_id) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // The caller; null for an anonymous caller of an open endpoint. An operation that requires a caller takes a UserCall.
  [[nodiscard]] const auth::Principal* principal() const {
    principal_read_ = true;
    return principal_.get();
  }
  // Whether the caller's identity was read, so that the reply may depend on it. A transport with cacheable replies must
  // then mark the reply accordingly.
  [[nodiscard]] bool depends_on_caller() const { return principal_read_; }
  // The access token that was presented, verified or not; empty without one. An operation that needs a token which no
  // guard accepts (an expired one, to end its session) verifies it itself.
  [[nodiscard]] std::string_view presented_token() const { return presented_token_; }

  // Whether the caller has the permission. auth::decide() decides on the account's authority at the start of the call;
  // with an API key, the key must have the permission as well. A grant that ends during the call has no effect from
  // then on. An anonymous caller has no permission.
  [[nodiscard]] bool allows(const auth::Permission& permission, const auth::ResourceRef* resource = nullptr) const;
  // The same decision as an error: auth.not_signed_in, auth.forbidden.
  [[nodiscard]] Result<> require(const auth::Permission& permission, const auth::ResourceRef* resource = nullptr) const;
  // The objects for which allows() is true, for a filter in SQL with the same rule. The ids live as long as the call.
  [[nodiscard]] auth::Reach reach(const auth::Permission& permission) const;
  // Whether the result of allows() can depend on the object.
  [[nodiscard]] bool depends_on_object(const auth::Permission& permission) const;
  // Whether the caller holds everything that the pattern covers; the second counts only roles and own permissions,
  // which can be passed on to other accounts.
  [[nodiscard]] bool holds(const auth::PermissionPattern& pattern) const;
  [[nodiscard]] bool may_give(const auth::PermissionPattern& pattern) const;
  [[nodiscard]] bool owns(const Uuid& owner) const;  // whether it is the caller's account
  // Passes when the caller owns the resource or holds "*"; else auth.not_signed_in or auth.forbidden.
  [[nodiscard]] Result<> require_owner(const Uuid& owner) const;
  [[nodiscard]] const auth::Authority& authority() const;  // the account's; an API key restricts it further
  // The last permission that allows() refused; empty when it refused none. For the log.
  [[nodiscard]] std::string_view refused_permission() const {
    return refused_permission_ ? std::string_view(*refused_permission_) : std::string_view{};
  }
  // Succeeds when the caller signed in at most `sign_in_age_max` ago; otherwise auth.not_signed_in or
  // auth.step_up_required. For operations that need this for some inputs only; routes can declare .fresh().
  [[nodiscard]] Result<> require_fresh(std::chrono::seconds sign_in_age_max) const;

  // When the caller stops waiting. Statements, Redis commands, hashing and outgoing requests that the operation awaits
  // are cancelled at that time, and the call ends with server.deadline_exceeded. Clock::Steady::max(): no deadline.
  [[nodiscard]] Clock::Steady deadline() const { return deadline_; }

  // Identifies this call, so that a caller can retry it and have it executed once: 1 to 255 visible ASCII characters.
  // Empty when the caller sent none, or the endpoint does not accept keys (Endpoint::idempotency).
  [[nodiscard]] std::string_view idempotency_key() const { return idempotency_key_; }
  // With an idempotency key: a digest of the operation's name and its input. Two calls with the same key and different
  // fingerprints are different requests.
  [[nodiscard]] std::string_view fingerprint() const {
    return fingerprint_ ? std::string_view(*fingerprint_) : std::string_view{};
  }

  [[nodiscard]] std::string_view request_id() const { return request_id_; }
  // Continues the caller's trace, or starts a new one at the first use.
  [[nodiscard]] const TraceContext& trace() const {
    return trace_ ? *trace_ : trace_.emplace(traceparent_, *env_.random);
  }
  [[nodiscard]] std::string_view trace_state() const { return trace().continues() ? trace_state_ : std::string_view{}; }
  // Whether the caller sent a trace, or trace() was called.
  [[nodiscard]] bool is_traced() const { return trace_ || TraceContext::parse(traceparent_); }

  [[nodiscard]] std::string_view transport() const { return transport_.name(); }
  [[nodiscard]] std::string_view target() const { return transport_.target(); }  // see Transport::target
  [[nodiscard]] std::string_view client_address() const { return client_address_; }
  [[nodiscard]] std::string_view client_agent() const { return client_agent_; }  // at most 512 bytes
  // Subject of the client's verified TLS certificate (RFC 4514: "CN=billing,O=Example"); empty without one.
  [[nodiscard]] std::string_view client_certificate() const { return client_certificate_; }
  // A field of the request's metadata (an HTTP header field, gRPC metadata), for limits and logs. Data that an
  // operation decides on belongs in its input.
  [[nodiscard]] std::string_view field(std::string_view name) const { return transport_.field(name); }

  [[nodiscard]] Timestamp now() const { return env_.clock->now(); }
  [[nodiscard]] const Clock& clock() const { return *env_.clock; }
  [[nodiscard]] Random& random() const { return *env_.random; }
  [[nodiscard]] Uuid new_id() const { return Uuid::make(*env_.clock, *env_.random); }
  [[nodiscard]] CallLog log() const { return CallLog(*this); }
  [[nodiscard]] const Environment& environment() const { return env_; }

  // For transports and invoke().
  [[nodiscard]] bool has_principal() const { return principal_ != nullptr; }  // does not mark the identity as read
  [[nodiscard]] const auth::Principal* authenticated() const { return principal_.get(); }  // neither does this
  void set_principal(std::shared_ptr<const auth::Principal> principal) { principal_ = std::move(principal); }
  void set_authority(std::shared_ptr<const auth::Authority> authority) { authority_ = std::move(authority); }
  [[nodiscard]] const auth::Principal* peek_principal() const { return principal_.get(); }  // the same
  [[nodiscard]] const auth::PresentedKey* presented_key() const {                           // the same
    return principal_ && principal_->api_key ? &*principal_->api_key : nullptr;
  }
  void set_presented_token(std::string_view token) { presented_token_ = token; }
  void set_client(std::string_view address, std::string_view agent) {
    client_address_ = address;
    client_agent_ = agent.substr(0, client_agent_bytes_max);
  }
  void set_client_certificate(std::string_view subject) { client_certificate_ = subject; }
  void set_trace(std::string_view traceparent, std::string_view state) {
    traceparent_ = traceparent;
    trace_state_ = state;
  }
  void set_deadline(Clock::Steady deadline) { deadline_ = deadline; }
  void set_idempotency_key(std::string_view key) { idempotency_key_ = key; }
  void set_fingerprint(std::string fingerprint) {
    fingerprint_ = std::make_unique<const std::string>(std::move(fingerprint));
  }

  static constexpr std::size_t client_agent_bytes_max = 512;
  static constexpr std::size_t idempotency_key_bytes_max = 255;

 private:
  const Environment& env_;
  const Transport& transport_;
  std::string_view request_id_;
  std::shared_ptr<const auth::Principal> principal_;
  std::shared_ptr<const auth::Authority> authority_;               // null: no authority
  mutable std::unique_ptr<const std::string> refused_permission_;  // null: none
  mutable bool principal_read_ = false;
  Clock::Steady deadline_ = Clock::Steady::max();
  std::string_view client_address_;
  std::string_view client_agent_;
  std::string_view client_certificate_;
  std::string_view presented_token_;
  std::string_view idempotency_key_;
  std::unique_ptr<const std::string> fingerprint_;  // a pointer: every request's frame contains a Call
  std::string_view traceparent_;
  std::string_view trace_state_;
  mutable std::optional<TraceContext> trace_;
};

// A call with a signed-in caller. Mounting an operation that takes one with .open() does not compile. Every Call that
// reaches an operation is a UserCall object; invoke() checks the principal before the operation may use it as one.
class UserCall : public Call {
 public:
  using Call::Call;
  [[nodiscard]] const auth::Principal& user() const;
};

}  // namespace ashlar::api
