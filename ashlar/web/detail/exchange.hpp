// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/invocation.hpp"
#include "ashlar/api/rate_limit.hpp"
#include "ashlar/api/request_id.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/cors.hpp"
#include "ashlar/web/detail/http_reply.hpp"
#include "ashlar/web/detail/known_headers.hpp"
#include "ashlar/web/detail/router.hpp"
#include "ashlar/web/input_binding.hpp"
#include "ashlar/web/route.hpp"
#include "ashlar/web/security_headers.hpp"
#include "ashlar/web/trusted_proxies.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ashlar::web {

struct AppState;
struct Exchange;

// A route as prepared by the App at start.
struct PreparedRoute {
  const Route* route = nullptr;
  const api::PreparedEndpoint* endpoint = nullptr;
  std::unique_ptr<InputBinding> binding;                 // null unless it is an operation
  std::size_t body_bytes_max = 0;                        // of JSON and urlencoded bodies
  http::HeaderBlock caching;                             // of an operation's replies; empty: none
  const schema::Member* created_id = nullptr;            // for the Location of a 201; null: no Location
  bool is_open = false;                                  // anonymous callers may call it
  std::optional<SecurityHeaderBlocks> security_headers;  // when they differ from the App's
  const CorsPolicy* cors = nullptr;                      // null: no other site is allowed
  std::unique_ptr<CorsPolicy> cors_of_line;              // when it differs from the App's
};

// The input of an operation from its request: the path, then the query or the body, then cookies and header fields.
class HttpInput final : public api::InputSource {
 public:
  explicit HttpInput(Exchange& exchange) : exchange_(exchange) {}
  [[nodiscard]] Exchange& exchange() const { return exchange_; }

  Task<Result<>> read(const schema::Type& type, void* value) override;
  std::optional<Result<>> try_read(const schema::Type& type, void* value) override;

 private:
  Result<> bind(InputBinding::BodyFormat format, std::string_view body, void* value);
  Result<> bind_fields(void* value, std::vector<Fault>& faults) const;
  [[nodiscard]] Result<std::string_view> text_of(const FieldBinding& binding) const;
  [[nodiscard]] std::size_t multipart_bytes_max() const;
  [[nodiscard]] std::size_t bytes_max(InputBinding::BodyFormat format) const;
  void read_idempotency_key(std::vector<Fault>& faults) const;
  Task<Result<>> read_multipart(void* value);

  Exchange& exchange_;
};

// One request in the chain, with the results of each step: HTTP's side of a call. On the frame of App::handle.
struct Exchange final : api::Transport {
  Exchange(const AppState& its_state, http::Request& its_request, http::Response& its_response);

  const AppState& state;
  http::Request& request;
  http::Response& response;
  Clock::Steady began;
  KnownHeaders headers;
  ClientOrigin client;
  api::RequestId id;
  api::UserCall call;
  HttpInput input{*this};
  HttpReply reply{*this};
  const PreparedRoute* route = nullptr;  // null: no match
  Router::Match match;
  const CorsPolicy* cors = nullptr;  // set with the route; null: no other site is allowed
  api::RateLimitDecision limit;      // the strictest one that was counted
  std::string_view error_code;       // of the error in the response
  enum class CalledBy : unsigned char { field, cookie } carrier = CalledBy::field;  // where the credential was
  enum class Secrets : unsigned char { none, set_cookie } secrets = Secrets::none;  // in the response

  [[nodiscard]] std::span<const std::string_view> parameters() const {
    return std::span(match.parameters).first(match.parameter_count);
  }
  void add_limit_headers();

  // api::Transport
  [[nodiscard]] std::string_view name() const override { return "http"; }
  [[nodiscard]] std::string_view target() const override;
  [[nodiscard]] bool late() const override { return request.late; }
  [[nodiscard]] api::Credential credential(const api::Call& call) override;
  [[nodiscard]] std::string_view field(std::string_view name) const override { return request.headers.get(name); }
  [[nodiscard]] std::optional<Error> refuse(const api::Endpoint& endpoint, const api::Call& call) override;
  void set_rate_limit(const api::RateLimitDecision& decision) override;

 private:
  [[nodiscard]] bool has_refresh_cookie() const;  // one or several

  mutable std::string redacted_target_;  // behind target()
};

}  // namespace ashlar::web
