// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/principal.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/cors.hpp"
#include "ashlar/web/csrf.hpp"
#include "ashlar/web/forms.hpp"
#include "ashlar/web/operation.hpp"
#include "ashlar/web/rate_limit.hpp"
#include "ashlar/web/security_headers.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::web {

class App;

inline constexpr std::size_t idempotency_key_bytes_max = 255;

// One line of the table, as data: what the router matches, the chain enforces, and OpenAPI and `ashlar routes` show.
struct Route {
  http::Method method = http::Method::get;
  std::string path;
  // What answers: one of the three.
  std::unique_ptr<Operation> operation;
  std::function<Task<Result<>>(Context&, http::Request&, http::Response&)> raw;
  // About the app itself: its description, its metrics.
  std::function<Result<>(const App&, const http::Request&, http::Response&)> page;

  std::optional<auth::Requirement> guard;
  int guards_set = 0;  // more than one is refused at start
  Operation::OwnerOf owner_of_reply;
  std::function<Task<Result<Uuid>>(Context&, Uuid id)> look_up_owner;
  std::optional<RateLimit> limit;
  std::optional<std::size_t> body_bytes_max;
  std::optional<std::chrono::milliseconds> time_max;  // instead of the App's
  std::optional<CorsOptions> cors;                    // instead of the App's
  std::optional<SecurityHeaders> security_headers;    // instead of the App's
  Forms forms = Forms::no;                            // beside JSON
  CsrfCheck csrf = CsrfCheck::with_cookies;
  enum class Compressed : std::uint8_t { no, yes } compressed = Compressed::yes;
  enum class IdempotencyKey : std::uint8_t { ignored, taken } idempotency_key = IdempotencyKey::ignored;
  enum class Tagged : std::uint8_t { no, yes } etag = Tagged::no;
  std::optional<std::string> cache_control;  // of an operation's replies; nullopt: see cache_control_of

  std::string name;
  std::string summary;
  std::string tag;
  std::vector<ErrorCode> errors;

  void set_guard(auth::Requirement requirement) {
    guard = std::move(requirement);
    ++guards_set;
  }
  [[nodiscard]] std::string guard_text() const;  // "open", "signed in", "role admin", "owner"
};

}  // namespace ashlar::web
