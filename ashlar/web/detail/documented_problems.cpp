// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/documented_problems.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/http/errors.hpp"
#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/detail/conditional.hpp"
#include "ashlar/web/detail/error_response.hpp"

#include <algorithm>

namespace ashlar::web::detail {

namespace {

class Collected {
 public:
  explicit Collected(ProblemCodes& out) : out_(out) {}
  void add(const ErrorCode& code) {
    auto& codes = out_[status_of(code)];
    if (std::ranges::find(codes, code.name) == codes.end()) codes.push_back(code.name);
  }

 private:
  ProblemCodes& out_;
};

void add_access(const AppOptions& options, const PreparedRoute& prepared, Collected& out) {
  const Route& route = *prepared.route;
  const api::GuardDescription guard = prepared.endpoint->guard->description();
  if (guard.identity == api::GuardDescription::Identity::required) {
    for (const auto& code : {auth::errors::not_signed_in, auth::errors::token_invalid, auth::errors::token_expired,
                             auth::errors::token_revoked})
      out.add(code);
    out.add(errors::cookie_repeated);
    if (guard.sign_in_age_max) out.add(auth::errors::step_up_required);
    if (guard.refusal == api::GuardDescription::Refusal::possible) out.add(auth::errors::forbidden);
  }
  const auto takes_refresh_cookie = [&options](const FieldBinding& field) {
    return field.place == FieldBinding::Place::cookie && field.name == options.cookies.refresh;
  };
  if (std::ranges::any_of(route.bindings, takes_refresh_cookie)) out.add(errors::cookie_repeated);
  // Also on an open route: a request with the refresh token's cookie is checked.
  if (route.endpoint.effect == api::Endpoint::Effect::changes && route.csrf != CsrfCheck::never &&
      options.csrf.state == CsrfOptions::State::on)
    out.add(errors::csrf_refused);
}

void add_input(const PreparedRoute& prepared, Collected& out) {
  const InputBinding& binding = *prepared.binding;
  using enum InputBinding::BodyFormat;
  if (!binding.path_members().empty()) out.add(errors::malformed_path);
  out.add(errors::malformed_query);
  out.add(ashlar::errors::invalid_input);  // an unknown parameter at least
  if (binding.source() == InputBinding::Source::query) return out.add(errors::body_not_expected);
  if (binding.takes(json)) out.add(ashlar::errors::malformed_json);
  if (binding.takes(urlencoded)) out.add(errors::malformed_form);
  if (binding.takes(multipart)) {
    out.add(errors::malformed_multipart);
    out.add(errors::field_too_large);
  }
  if (binding.takes(urlencoded) || binding.takes(multipart)) out.add(errors::too_many_fields);
  if (binding.has_files()) out.add(ashlar::errors::overloaded);  // no room for uploads
  out.add(http::errors::body_too_large);
  out.add(http::errors::too_many_bodies);
  out.add(errors::unsupported_media_type);
  out.add(errors::unsupported_content_coding);
}

void add_load(const AppOptions& options, const PreparedRoute& prepared, Collected& out) {
  const api::Endpoint& endpoint = prepared.route->endpoint;
  if (!prepared.endpoint->by_client.empty() || !prepared.endpoint->by_caller.empty())
    out.add(api::errors::rate_limited);
  if (endpoint.importance == api::Endpoint::Importance::normal) out.add(ashlar::errors::overloaded);
  out.add(api::errors::request_cancelled);
  if (prepared.endpoint->time_max > std::chrono::milliseconds::zero()) out.add(ashlar::errors::deadline_exceeded);
  if (endpoint.importance == api::Endpoint::Importance::essential) return;
  for (const ErrorCode& code : options.operation_errors) out.add(code);
}

}  // namespace

const ProblemCodes& connection_problems() {
  static const ProblemCodes all = [] {
    ProblemCodes made;
    Collected out(made);
    for (const ErrorCode& code :
         {http::errors::malformed_request, http::errors::malformed_body, http::errors::request_timeout,
          http::errors::body_timeout, http::errors::target_too_long, http::errors::expectation_failed,
          http::errors::headers_too_large, http::errors::not_implemented, http::errors::version_unsupported,
          http::errors::unread_responses})
      out.add(code);
    return made;
  }();
  return all;
}

ProblemCodes problems_of(const AppOptions& options, const PreparedRoute& prepared) {
  ProblemCodes made;
  Collected out(made);
  add_access(options, prepared, out);
  out.add(errors::not_acceptable);
  add_input(prepared, out);
  if (prepared.route->etag == Route::Tagged::yes) out.add(errors::precondition_failed);
  for (const auto& code : prepared.route->endpoint.errors) out.add(code);
  add_load(options, prepared, out);
  out.add(ashlar::errors::internal);
  for (const auto& [status, codes] : connection_problems()) {
    auto& known = made[status];
    known.insert(known.end(), codes.begin(), codes.end());
  }
  return made;
}

}  // namespace ashlar::web::detail
