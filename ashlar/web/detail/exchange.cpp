// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/exchange.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/detail/access_log.hpp"
#include "ashlar/web/detail/app_state.hpp"
#include "ashlar/web/detail/authentication.hpp"
#include "ashlar/web/detail/multipart.hpp"
#include "ashlar/web/detail/multipart_input.hpp"
#include "ashlar/web/detail/rate_limit_headers.hpp"

#include <algorithm>

namespace ashlar::web {

Exchange::Exchange(const AppState& its_state, http::Request& its_request, http::Response& its_response)
    : state(its_state),
      request(its_request),
      response(its_response),
      began(its_state.environment.clock->steady()),
      headers(its_request.headers),
      client(its_state.proxies.origin_of(its_request)),
      id(headers.request_id, *its_state.environment.random),
      call(its_state.environment, *this, id.view()) {
  call.set_trace(headers.traceparent, headers.tracestate);
  call.set_client(client.address, headers.user_agent);
  call.set_client_certificate(request.client_certificate);
}

std::string_view Exchange::target() const { return redact_target(request.path, redacted_target_); }

void Exchange::add_limit_headers() {
  if (limit.limit != 0) add_rate_limit_headers(limit, response.headers);
}

void Exchange::set_rate_limit(const api::RateLimitDecision& decision) { limit = api::tighter(limit, decision); }

api::Credential Exchange::credential(const api::Call&) {
  FoundCredential found = find_credential(request, headers, state.options.cookies.access_cookie());
  if (found.carrier == FoundCredential::Carrier::cookie) carrier = CalledBy::cookie;
  return std::move(found.credential);
}

bool Exchange::has_refresh_cookie() const {
  const auto found = find_credential_cookie(request.headers, state.options.cookies.refresh_cookie());
  return !found || !found->empty();
}

std::optional<Error> Exchange::refuse(const api::Endpoint&, const api::Call& its_call) {
  const bool by_cookie = carrier == CalledBy::cookie || (headers.cookies > 0 && has_refresh_cookie());
  // The route's: an extended CONNECT is what GET with an upgrade is in HTTP/1.1.
  if (state.csrf.applies(route->route->csrf, route->route->method, by_cookie)) {
    if (auto error = state.csrf.refusal(request, client.authority, cors, its_call)) return error;
  }
  return state.compression.refusal(request, headers);
}

// draft-ietf-httpapi-idempotency-key-header section 2, also accepting unquoted keys, which clients send.
void HttpInput::read_idempotency_key(std::vector<Fault>& faults) const {
  using namespace std::string_view_literals;
  if (exchange_.route->route->endpoint.idempotency == api::Endpoint::Idempotency::ignored) return;
  constexpr auto name = "Idempotency-Key"sv;
  const http::RequestHeaders& headers = exchange_.request.headers;
  const auto key = headers.find(name);
  if (!key) return;
  const auto fault = [&](std::string_view code, std::string_view message) {
    faults.push_back({.path = std::string(name), .code = std::string(code), .message = std::string(message)});
  };
  if (headers.count(name) > 1) return fault(schema::codes::duplicate_member, "must be given once");
  if (key->empty()) return fault(schema::codes::too_short, "must have at least 1 character");
  if (key->size() > api::Call::idempotency_key_bytes_max)
    return fault(schema::codes::too_long, "must have at most 255 characters");
  if (!std::ranges::all_of(*key, [](char c) { return c > ' ' && c <= '~'; }))
    return fault(schema::codes::text, "must be visible ASCII characters");
  exchange_.call.set_idempotency_key(*key);
}

Result<> HttpInput::bind(InputBinding::BodyFormat format, std::string_view body, void* value) {
  const InputBinding& binding = *exchange_.route->binding;
  std::vector<Fault> faults;
  if (auto read = binding.read_path(exchange_.parameters(), value, faults); !read) return read;
  if (auto read = binding.read_query(exchange_.request.query, value, faults); !read) return read;
  read_idempotency_key(faults);
  if (binding.source() == InputBinding::Source::body) {
    const Result<> read = format == InputBinding::BodyFormat::urlencoded
                              ? binding.read_form(body, exchange_.state.options.forms.fields_max, value, faults)
                              : binding.read_body(body, exchange_.state.options.json_depth_max, value, faults);
    if (!read) return read;
  }
  if (auto bound = bind_fields(value, faults); !bound) return bound;
  return binding.finish(value, faults);
}

Result<std::string_view> HttpInput::text_of(const FieldBinding& binding) const {
  const http::RequestHeaders& headers = exchange_.request.headers;
  if (binding.place == FieldBinding::Place::header) return headers.get(binding.name);
  const CredentialCookies& names = exchange_.state.options.cookies;
  if (binding.name == names.refresh) return find_credential_cookie(headers, names.refresh_cookie());
  return find_cookie(headers, binding.name);
}

Result<> HttpInput::bind_fields(void* value, std::vector<Fault>& faults) const {
  for (const FieldBinding& binding : exchange_.route->route->bindings) {
    void* member = binding.member->locate(value);
    const schema::Type& type = binding.member->type();
    if (type.access.content(member) != nullptr) continue;  // the body or the query contains it
    auto text = text_of(binding);
    if (!text) return std::unexpected(std::move(text.error()));
    if (text->empty()) continue;
    if (auto wrong = schema::read_text(*text, type, member))
      faults.push_back({.path = binding.name, .code = std::string(wrong->code), .message = std::move(wrong->message)});
  }
  return {};
}

std::size_t HttpInput::multipart_bytes_max() const {
  return exchange_.route->route->body_bytes_max.value_or(exchange_.state.options.body_bytes_max);
}

std::size_t HttpInput::bytes_max(InputBinding::BodyFormat format) const {
  const std::size_t bytes = exchange_.route->body_bytes_max;
  return format == InputBinding::BodyFormat::urlencoded ? std::min(bytes, exchange_.state.options.forms.form_bytes_max)
                                                        : bytes;
}

std::optional<Result<>> HttpInput::try_read(const schema::Type&, void* value) {
  const auto format = exchange_.route->binding->body_format(exchange_.request, exchange_.headers);
  if (!format) return std::unexpected(format.error());
  if (!exchange_.request.body->present()) return bind(*format, {}, value);
  if (*format == InputBinding::BodyFormat::multipart) return std::nullopt;
  const auto body = exchange_.request.body->try_whole(bytes_max(*format));
  if (!body) return std::nullopt;
  return bind(*format, *body, value);
}

Task<Result<>> HttpInput::read(const schema::Type&, void* value) {
  const auto format = exchange_.route->binding->body_format(exchange_.request, exchange_.headers);
  if (!format) co_return std::unexpected(format.error());
  Result<> bound;
  if (*format == InputBinding::BodyFormat::multipart) {
    bound = co_await read_multipart(value);
  } else {
    std::string_view body;
    if (*format != InputBinding::BodyFormat::none) {
      auto whole = co_await exchange_.request.body->read_all(bytes_max(*format));
      if (!whole) co_return std::unexpected(std::move(whole.error()));
      body = *whole;
    }
    bound = bind(*format, body, value);
  }
  co_return bound;
}

Task<Result<>> HttpInput::read_multipart(void* value) {
  const InputBinding& binding = *exchange_.route->binding;
  const auto boundary = multipart_boundary(exchange_.headers.content_type);
  if (!boundary) co_return std::unexpected(boundary.error());
  std::vector<Fault> faults;
  if (auto read = binding.read_path(exchange_.parameters(), value, faults); !read) co_return read;
  if (auto read = binding.read_query(exchange_.request.query, value, faults); !read) co_return read;
  read_idempotency_key(faults);
  detail::FieldBinder fields(binding.body_members(), detail::FieldBinder::Paths::pointers, value, faults);
  detail::MultipartInput input(*exchange_.request.body, *boundary, exchange_.state.options.forms, multipart_bytes_max(),
                               exchange_.state.uploads.get(), fields);
  if (auto read = co_await input.read(); !read) co_return read;
  if (auto bound = bind_fields(value, faults); !bound) co_return bound;
  co_return binding.finish(value, faults);
}

}  // namespace ashlar::web
