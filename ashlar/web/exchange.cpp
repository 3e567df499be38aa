// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/exchange.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/web/detail/multipart_input.hpp"
#include "ashlar/web/multipart.hpp"
#include "ashlar/web/percent_encoding.hpp"

#include <algorithm>

namespace ashlar::web {

Exchange::Exchange(http::Request& its_request, http::Response& its_response, const Context::Environment& environment,
                   const TrustedProxies& proxies)
    : request(its_request),
      response(its_response),
      began(environment.clock->steady()),
      headers(its_request.headers),
      client(proxies.origin_of(its_request)),
      id(headers.request_id, *environment.random),
      context(environment, id.view()) {
  context.set_trace(headers.traceparent, headers.tracestate);
  context.set_client(client.address, headers.user_agent);
  context.set_client_certificate(request.client_certificate);
}

// draft-ietf-httpapi-idempotency-key-header section 2, with the bare keys that clients send instead of quoted ones.
void HttpInput::read_idempotency_key(std::vector<Fault>& faults) const {
  using namespace std::string_view_literals;
  if (exchange_.route->route->idempotency_key == Route::IdempotencyKey::ignored) return;
  constexpr auto name = "Idempotency-Key"sv;
  const http::RequestHeaders& headers = exchange_.request.headers;
  const auto key = headers.find(name);
  if (!key) return;
  const auto fault = [&](std::string_view code, std::string_view message) {
    faults.push_back({.path = std::string(name), .code = std::string(code), .message = std::string(message)});
  };
  if (headers.count(name) > 1) return fault(schema::codes::duplicate_member, "must be given once");
  if (key->empty()) return fault(schema::codes::too_short, "must have at least 1 character");
  if (key->size() > idempotency_key_bytes_max)
    return fault(schema::codes::too_long, "must have at most 255 characters");
  if (!std::ranges::all_of(*key, [](char c) { return c > ' ' && c <= '~'; }))
    return fault(schema::codes::text, "must be visible ASCII characters");
  exchange_.context.set_idempotency_key(*key);
}

Result<> HttpInput::bind(InputBinding::BodyFormat format, std::string_view body, void* value) {
  const InputBinding& binding = *exchange_.route->binding;
  std::vector<Fault> faults;
  if (auto read = binding.read_path(exchange_.parameters(), value, faults); !read) return read;
  if (auto read = binding.read_query(exchange_.request.query, value, faults); !read) return read;
  read_idempotency_key(faults);
  if (binding.source() == InputBinding::Source::body) {
    const Result<> read = format == InputBinding::BodyFormat::urlencoded
                              ? binding.read_form(body, limits_.forms->fields_max, value, faults)
                              : binding.read_body(body, limits_.json_depth_max, value, faults);
    if (!read) return read;
  }
  return binding.finish(value, faults);
}

std::size_t HttpInput::bytes_max(InputBinding::BodyFormat format) const {
  return format == InputBinding::BodyFormat::urlencoded
             ? std::min(limits_.body_bytes_max, limits_.forms->form_bytes_max)
             : limits_.body_bytes_max;
}

std::optional<Result<>> HttpInput::try_read(const schema::Type&, void* value) {
  if (exchange_.route->route->look_up_owner) return std::nullopt;
  const auto format = exchange_.route->binding->body_format(exchange_.request, exchange_.headers);
  if (!format) return std::unexpected(format.error());
  if (*format == InputBinding::BodyFormat::none) return bind(*format, {}, value);
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
  if (bound && exchange_.route->route->look_up_owner) co_return co_await check_owner();
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
  detail::MultipartInput input(*exchange_.request.body, *boundary, *limits_.forms, limits_.body_bytes_max,
                               limits_.uploads, fields);
  if (auto read = co_await input.read(); !read) co_return read;
  co_return binding.finish(value, faults);
}

Task<Result<>> HttpInput::check_owner() {
  const PreparedRoute& route = *exchange_.route;
  std::string buffer;
  const auto text = percent_decode(exchange_.parameters()[route.owner_parameter], PlusSign::plus, buffer);
  const auto id = text ? Uuid::parse(*text) : std::nullopt;
  if (!id) co_return fail(auth::errors::forbidden, "You may not do this.");
  auto owner = co_await route.route->look_up_owner(exchange_.context, *id);
  if (!owner) co_return std::unexpected(std::move(owner.error()));
  co_return exchange_.context.require_owner(*owner);
}

}  // namespace ashlar::web
