// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/http_reply.hpp"

#include "ashlar/schema/json.hpp"
#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/detail/app_state.hpp"
#include "ashlar/web/detail/conditional.hpp"
#include "ashlar/web/detail/error_response.hpp"
#include "ashlar/web/detail/exchange.hpp"
#include "ashlar/web/detail/stream_body.hpp"

#include <array>
#include <charconv>

namespace ashlar::web {

namespace {

using api::ReplyShape;
using api::ReplyView;

void append_number(std::string_view before, std::int64_t number, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(before).append(digits.data(), end);
}

void append_cursor(std::string_view name, const std::optional<std::string>& cursor, std::string& out) {
  out.append(name);
  if (cursor) out.append("\"").append(*cursor).append("\"");  // base64url: nothing to escape
  if (!cursor) out += "null";
}

void append_pagination(const ReplyView& reply, std::string& out) {
  if (reply.cursors != nullptr) {
    append_number(",\"pagination\":{\"limit\":", reply.limit, out);
    append_cursor(",\"next\":", reply.cursors->next, out);
    append_cursor(",\"previous\":", reply.cursors->previous, out);
    out += '}';
    return;
  }
  const std::int64_t pages = reply.limit > 0 ? (reply.total + reply.limit - 1) / reply.limit : 0;
  append_number(",\"pagination\":{\"page\":", reply.page, out);
  append_number(",\"limit\":", reply.limit, out);
  append_number(",\"total\":", reply.total, out);
  append_number(",\"pages\":", pages, out);
  if (reply.total_kind == api::TotalKind::at_least) out += ",\"totalIsExact\":false";
  out += '}';
}

}  // namespace

int status_of(ReplyShape::Kind kind) {
  switch (kind) {
    case ReplyShape::Kind::none:
      return 204;
    case ReplyShape::Kind::created:
      return 201;
    case ReplyShape::Kind::accepted:
      return 202;
    case ReplyShape::Kind::data:
    case ReplyShape::Kind::page:
    case ReplyShape::Kind::bare:
    case ReplyShape::Kind::events:
    case ReplyShape::Kind::rows:
      return 200;
  }
  return 200;
}

void HttpReply::write(const ReplyView& reply) {
  http::Response& response = exchange_.response;
  exchange_.add_limit_headers();
  const bool unavailable = reply.service == ReplyView::Service::unavailable;
  response.status = unavailable ? 503 : status_of(reply.shape.kind);
  if (exchange_.route->created_id != nullptr) add_location(reply.value);
  if (reply.shape.streams()) {
    write_stream(reply);
  } else if (reply.shape.kind != ReplyShape::Kind::none) {
    write_body(reply);
  }
  const bool stores = reply.credentials != nullptr || reply.otherwise == api::StoredCredentials::deleted;
  if (reply.shape.credentials == ReplyShape::StoresCredentials::yes && stores) {
    exchange_.secrets = Exchange::Secrets::set_cookie;
    set_credential_cookies(reply.credentials, exchange_.call.now(), exchange_.state.cookies_of(exchange_),
                           exchange_.request.headers, response.headers);
    response.headers.set("Cache-Control", "no-store");  // RFC 6749 section 5.1
  } else {
    add_caching();
  }
  if (exchange_.route->route->etag == Route::Tagged::no) return;
  if (const auto tagged = tag_reply(exchange_.request, response); !tagged) fail(tagged.error());
}

void HttpReply::add_location(const void* created) {
  const schema::Member& id = *exchange_.route->created_id;
  std::string location(exchange_.request.path);
  location += '/';
  id.type().access.append_text(id.locate_in(created), location);
  exchange_.response.headers.add("Location", location);
}

void HttpReply::add_caching() {
  if (vary_by_caller() == Personal::no) exchange_.response.headers.add(exchange_.route->caching);
}

// RFC 9111 section 4.1: a shared cache selects by Vary, and may store a response to a request with a cookie.
HttpReply::Personal HttpReply::vary_by_caller() {
  const PreparedRoute* route = exchange_.route;
  if (route == nullptr || !route->is_open || !exchange_.call.depends_on_caller()) return Personal::no;
  exchange_.response.headers.add("Vary", "Authorization, Cookie, X-Access-Token");
  if (!exchange_.call.has_principal()) return Personal::no;
  exchange_.response.headers.set("Cache-Control", "private, no-store");
  return Personal::yes;
}

void HttpReply::write_body(const ReplyView& reply) {
  using Kind = ReplyShape::Kind;
  const Kind kind = reply.shape.kind;
  std::string& out = exchange_.response.body;
  if (kind == Kind::bare) {
    schema::write_json(*reply.shape.type, reply.value, out);
  } else {
    out += "{\"data\":";
    schema::write_json(kind == Kind::page ? *reply.items_type : *reply.shape.type, reply.value, out);
    if (kind == Kind::page) append_pagination(reply, out);
    out += '}';
  }
  exchange_.response.headers.add("Content-Type", "application/json");
}

void HttpReply::write_stream(const ReplyView& reply) {
  const bool events = reply.shape.kind == ReplyShape::Kind::events;
  using Format = detail::StreamBody::Format;
  http::Response& response = exchange_.response;
  response.stream = detail::make_stream_body(
      events ? Format::events : Format::rows, std::move(*reply.producer), exchange_.state.options.streams,
      {exchange_.state.environment.logger, std::string(exchange_.call.request_id())});
  response.headers.add("Content-Type", events ? "text/event-stream" : "application/json");
  if (events) response.headers.add("X-Accel-Buffering", "no");  // otherwise nginx would buffer events
}

void HttpReply::fail(const Error& error) {
  exchange_.secrets = Exchange::Secrets::none;
  exchange_.error_code = error.code().name;
  exchange_.response.reset();
  exchange_.state.start(exchange_);
  (void)vary_by_caller();
  write_problem(error, {.instance = exchange_.request.path, .request_id = exchange_.id.view()}, exchange_.response);
}

}  // namespace ashlar::web
