// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/error_response.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/http/errors.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/web/compression.hpp"
#include "ashlar/web/detail/conditional.hpp"
#include "ashlar/web/input_binding.hpp"

#include <algorithm>
#include <span>

namespace ashlar::web {

namespace {

// Limits text that may repeat the request: a client must not get megabytes back.
constexpr std::size_t text_bytes_max = 200;
constexpr std::size_t detail_bytes_max = 1'000;
constexpr std::size_t faults_max = 100;

// Truncates after a whole code point.
std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end);
}

void write_text(std::string_view text, std::size_t bytes_max, std::string& out) {
  const std::string_view kept = cut(text, bytes_max);
  schema::write_json_string(kept, out);
  if (kept.size() != text.size()) out.insert(out.size() - 1, "\xe2\x80\xa6");  // an ellipsis
}

void add_member(std::string_view name, std::string_view value, std::string& out,
                std::size_t bytes_max = text_bytes_max) {
  out.append(",\"").append(name).append("\":");
  write_text(value, bytes_max, out);
}

void add_faults(const std::vector<Fault>& faults, std::string& out) {
  out += ",\"errors\":[";
  for (const Fault& fault : std::span(faults).first(std::min(faults.size(), faults_max))) {
    if (out.back() != '[') out += ',';
    out += "{\"path\":";
    write_text(fault.path, text_bytes_max, out);
    add_member("code", fault.code, out);
    add_member("message", fault.message, out);
    out += '}';
  }
  out += ']';
}

// RFC 6750 section 3.1: a request without a token gets no error code. RFC 9470 section 3: the maximum age of the
// sign-in.
std::string challenge_of(const Error& error) {
  const ErrorCode code = error.code();
  if (code == auth::errors::step_up_required)
    return "Bearer error=\"insufficient_user_authentication\", max_age=" +
           std::to_string(error.sign_in_age_max().count());
  const bool of_token =
      code == auth::errors::token_invalid || code == auth::errors::token_expired || code == auth::errors::token_revoked;
  return of_token ? "Bearer error=\"invalid_token\"" : "Bearer";
}

}  // namespace

int status_of(const ErrorCode& code) {
  if (code == http::errors::body_timeout || code == http::errors::request_timeout) return 408;
  if (code == http::errors::target_too_long) return 414;
  if (code == http::errors::expectation_failed) return 417;
  if (code == http::errors::headers_too_large) return 431;
  if (code == http::errors::not_implemented) return 501;
  if (code == http::errors::version_unsupported) return 505;
  if (code == errors::not_acceptable) return 406;
  if (code == errors::precondition_failed) return 412;
  if (code == errors::range_not_satisfiable) return 416;
  switch (code.kind) {
    case ErrorKind::malformed:
      return 400;
    case ErrorKind::unauthenticated:
      return 401;
    case ErrorKind::forbidden:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::not_allowed:
      return 405;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::too_large:
      return 413;
    case ErrorKind::unsupported_media:
      return 415;
    case ErrorKind::invalid:
      return 422;
    case ErrorKind::too_many_requests:
      return 429;
    case ErrorKind::internal:
      return 500;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::timed_out:
      return 504;
  }
  return 500;
}

void write_problem(int status, const Error& error, const ProblemOrigin& origin, http::Response& response) {
  response.status = status;
  std::string& body = response.body;
  body = "{\"type\":\"about:blank\"";
  add_member("title", http::reason_of(status), body);
  body.append(",\"status\":").append(std::to_string(status));
  add_member("detail", error.kind() == ErrorKind::internal ? "Something went wrong on our side." : error.message(),
             body, detail_bytes_max);
  if (!origin.instance.empty()) add_member("instance", origin.instance, body);
  add_member("code", error.code().name, body);
  if (!origin.request_id.empty()) add_member("requestId", origin.request_id, body);
  if (!error.faults().empty()) add_faults(error.faults(), body);
  body += '}';

  response.headers.set("Content-Type", "application/problem+json");
  if (status == 401) response.headers.set("WWW-Authenticate", challenge_of(error));
  if (error.code() == errors::unsupported_content_coding) response.headers.set("Accept-Encoding", "identity");
  if (status == 429 || status == 503) {
    const auto seconds = std::max<std::chrono::seconds::rep>(1, error.retry_after().count());
    response.headers.set("Retry-After", std::to_string(seconds));
  }
}

}  // namespace ashlar::web
