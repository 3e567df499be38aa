// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call_record.hpp"
#include "ashlar/api/caller_source.hpp"
#include "ashlar/api/endpoint.hpp"
#include "ashlar/api/invocation.hpp"
#include "ashlar/api/overload.hpp"
#include "ashlar/api/rate_limit.hpp"
#include "ashlar/api/step.hpp"
#include "ashlar/observe/metrics_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The single entry point for operations. A transport turns bytes into a Call, an InputSource and a ReplySink, calls
// invoke(), and turns the reply or the Error into bytes. invoke() decides everything else, in this order:
//
//   overload -> client limits -> authentication -> guard -> what the transport refuses -> caller limits
//   -> the application's own steps -> input -> owner -> the operation -> owner of the reply
//
// It also logs refusals and faults, and counts how calls end. See docs/design/api.md.
namespace ashlar::api {

namespace errors {
inline constexpr ErrorCode request_cancelled{ErrorKind::unavailable, "request.cancelled"};
inline constexpr ErrorCode operation_not_found{ErrorKind::not_found, "operation.not_found"};
}  // namespace errors

struct ApiOptions {
  std::chrono::milliseconds request_time_max{30'000};  // deadline of a call; 0: none; an endpoint can have its own
  std::optional<RateLimit> rate_limit = {};            // of every endpoint that is not essential
  RateLimitStore* rate_limit_store = nullptr;          // outlives the Api; null: counts in this process
  std::size_t rate_limit_clients_max = 100'000;        // counted at once in this process; the oldest are forgotten
  OverloadOptions overload = {};
  CallLogOptions log = {};
  AuthoritySource* authorities = nullptr;      // outlives the Api; null: the token's claims count
  ApiKeySource* api_keys = nullptr;            // outlives the Api; null: no API key is accepted
  TokenKeySource* token_keys = nullptr;        // outlives the Api; null: the keys of its tokens do not change
  std::function<void(Steps&)> add_steps = {};  // the application's own steps; see step.hpp
};

// The endpoints behind invoke(). Immutable after construction except for counters; used from every loop at once. The
// endpoints, and what it is given, outlive it.
class Api {
 public:
  // Throws std::logic_error that lists every wrong declaration: an endpoint without a guard, two endpoints with one
  // name, an owner look-up whose input has no Uuid `id`. `tokens` may be null: then nobody can sign in.
  Api(ApiOptions options, Call::Environment environment, const auth::Tokens* tokens,
      std::vector<const Endpoint*> endpoints);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  [[nodiscard]] const std::vector<PreparedEndpoint>& endpoints() const { return endpoints_; }
  [[nodiscard]] const PreparedEndpoint* find(std::string_view name) const;  // null when there is none of this name
  [[nodiscard]] const Call::Environment& environment() const { return environment_; }
  [[nodiscard]] const ApiOptions& options() const { return options_; }
  [[nodiscard]] const Steps& steps() const { return steps_; }

  // Runs the call until the reply sink has a reply or an error. It throws nothing: an exception of the operation
  // becomes `internal`, cancellation by the deadline server.deadline_exceeded, any other cancellation
  // request.cancelled.
  [[nodiscard]] Task<> invoke(Invocation invocation) const;
  // The same as far as possible without waiting. waiting: continue with invoke().
  enum class Progress : std::uint8_t { ended, waiting };
  [[nodiscard]] Progress try_invoke(Invocation& invocation) const;

  // Authenticates a credential (an access token, an API key) as the authentication step does, for a transport whose
  // connection outlives a call. It passes the principal to its calls, and has to end the connection itself when the
  // credential loses its value. Errors: those of the step; auth.not_signed_in without a credential.
  [[nodiscard]] Task<Result<std::shared_ptr<const auth::Principal>>> authenticate(std::string token) const;

  // Counts a call that matches no endpoint against ApiOptions::rate_limit, by its address or field, so that probing for
  // endpoints is limited like calling them. nullopt: the store has to be queried; await limit_unmatched().
  [[nodiscard]] std::optional<RateLimitDecision> try_limit_unmatched(const Call& call, Clock::Steady now) const;
  [[nodiscard]] Task<RateLimitDecision> limit_unmatched(const Call& call, Clock::Steady now) const;

  // A call counts as in flight between these two, including a call that matches no endpoint.
  void began() const { metrics_->began(); }
  // Writes the call's log line.
  void ended(const CallRecord& record) const;

  [[nodiscard]] const CallMetrics& metrics() const { return *metrics_; }
  void append_metrics(observe::MetricsText& text) const;

 private:
  PreparedEndpoint prepare(const Endpoint& endpoint, std::vector<std::string>& faults) const;
  void prepare_guard(PreparedEndpoint& out, std::vector<std::string>& faults) const;
  void prepare_limits(PreparedEndpoint& out, std::vector<std::string>& faults) const;
  [[nodiscard]] std::optional<Result<>> try_pass(Invocation& invocation) const;
  void settle(const Invocation& invocation, const Result<>& result) const;
  void fail(const Invocation& invocation, const Error& error) const;

  const ApiOptions options_;
  const Call::Environment environment_;
  std::unique_ptr<CallMetrics> metrics_;
  std::unique_ptr<Overload> overload_;
  std::unique_ptr<HeavyLane> heavy_lane_;
  std::unique_ptr<RateLimitStore> own_limits_;  // null when another store is given or there are no limits
  RateLimitStore* limits_ = nullptr;
  PreparedLimit unmatched_limit_;  // requests is 0 when there is no limit
  CallerSources callers_;
  Steps steps_;
  std::vector<PreparedEndpoint> endpoints_;
};

}  // namespace ashlar::api
