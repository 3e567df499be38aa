// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/cors.hpp"
#include "ashlar/web/input_binding.hpp"
#include "ashlar/web/known_headers.hpp"
#include "ashlar/web/rate_limit.hpp"
#include "ashlar/web/request_id.hpp"
#include "ashlar/web/route.hpp"
#include "ashlar/web/router.hpp"
#include "ashlar/web/security_headers.hpp"
#include "ashlar/web/trusted_proxies.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ashlar::web {

namespace detail {
class UploadFolder;
}

// A limit of a route. What costs nothing to count is counted before a token is verified.
enum class LimitStage : std::uint8_t { anybody, known_who_asks };
struct PreparedLimit {
  RateLimit limit;
  std::uint64_t number = 0;
  LimitStage stage = LimitStage::anybody;
};

// A route as the App prepared it at start.
struct PreparedRoute {
  const Route* route = nullptr;
  std::unique_ptr<InputBinding> binding;  // null for what is no operation
  std::size_t owner_parameter = 0;        // which parameter is {id}, where an owner is looked up
  http::HeaderBlock caching;              // of an operation's replies; empty: none
  std::string guard_text;
  std::chrono::milliseconds time_max{0};
  bool refused_in_overload = true;
  std::vector<PreparedLimit> limits;  // the App's, then the line's
  bool limited_by_who_asks = false;
  bool streams_events = false;
  std::optional<SecurityHeaderBlocks> security_headers;  // where they are not the App's
  const CorsPolicy* cors = nullptr;                      // null: no other site
  std::unique_ptr<CorsPolicy> cors_of_line;              // where it is not the App's
};

// One request on its way through the chain, with what each step found out. Lives on the frame of App::handle.
struct Exchange {
  Exchange(http::Request& its_request, http::Response& its_response, const Context::Environment& environment,
           const TrustedProxies& proxies);

  http::Request& request;
  http::Response& response;
  Clock::Steady began;
  KnownHeaders headers;
  ClientOrigin client;
  RequestId id;
  Context context;
  const PreparedRoute* route = nullptr;  // null: nothing matched
  Router::Match match;
  const CorsPolicy* cors = nullptr;  // known with the route; null: no other site
  RateLimitDecision limit;           // the tightest so far
  bool admitted = false;             // to the operation
  LimitStage stage = LimitStage::anybody;
  std::size_t limits_counted = 0;  // of the route's, in this stage

  [[nodiscard]] std::span<const std::string_view> parameters() const {
    return std::span(match.parameters).first(match.parameter_count);
  }
};

// The input of an operation from its request: the path and the query or the body; then, where the route says so, the
// check of the owner, so that the operation is not run for others.
class HttpInput final : public InputSource {
 public:
  struct Limits {
    std::size_t body_bytes_max;
    std::size_t json_depth_max;
    const FormOptions* forms;
    detail::UploadFolder* uploads;  // null where no route takes files
  };
  HttpInput(Exchange& exchange, Limits limits) : exchange_(exchange), limits_(limits) {}

  Task<Result<>> read(const schema::Type& type, void* value) override;
  std::optional<Result<>> try_read(const schema::Type& type, void* value) override;

 private:
  Result<> bind(InputBinding::BodyFormat format, std::string_view body, void* value);
  [[nodiscard]] std::size_t bytes_max(InputBinding::BodyFormat format) const;
  void read_idempotency_key(std::vector<Fault>& faults) const;
  Task<Result<>> read_multipart(void* value);
  Task<Result<>> check_owner();

  Exchange& exchange_;
  Limits limits_;
};

}  // namespace ashlar::web
