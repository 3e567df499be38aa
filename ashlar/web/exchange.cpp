// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/exchange.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/web/percent_encoding.hpp"

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

Result<> HttpInput::bind(std::string_view body, void* value) {
  const InputBinding& binding = *exchange_.route->binding;
  std::vector<Fault> faults;
  if (auto read = binding.read_path(exchange_.parameters(), value, faults); !read) return read;
  if (auto read = binding.read_query(exchange_.request.query, value, faults); !read) return read;
  if (binding.source() == InputBinding::Source::body) {
    if (auto read = binding.read_body(body, limits_.json_depth_max, value, faults); !read) return read;
  }
  return binding.finish(value, faults);
}

std::optional<Result<>> HttpInput::try_read(const schema::Type&, void* value) {
  if (exchange_.route->route->look_up_owner) return std::nullopt;
  if (auto checked = exchange_.route->binding->check_body(exchange_.request, exchange_.headers); !checked)
    return checked;
  if (!exchange_.request.body->present()) return bind({}, value);
  const auto body = exchange_.request.body->try_whole(limits_.body_bytes_max);
  if (!body) return std::nullopt;
  return bind(*body, value);
}

Task<Result<>> HttpInput::read(const schema::Type&, void* value) {
  if (auto checked = exchange_.route->binding->check_body(exchange_.request, exchange_.headers); !checked)
    co_return checked;
  std::string_view body;
  if (exchange_.request.body->present()) {
    auto whole = co_await exchange_.request.body->read_all(limits_.body_bytes_max);
    if (!whole) co_return std::unexpected(std::move(whole.error()));
    body = *whole;
  }
  if (auto bound = bind(body, value); !bound) co_return bound;
  if (exchange_.route->route->look_up_owner) co_return co_await check_owner();
  co_return Result<>{};
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
