// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/http_reply.hpp"

#include "ashlar/schema/json.hpp"
#include "ashlar/web/detail/stream_body.hpp"

#include <array>
#include <charconv>

namespace ashlar::web {

namespace {

void append_number(std::string_view before, std::int64_t number, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(before).append(digits.data(), end);
}

void append_pagination(const ReplyView& reply, std::string& out) {
  const std::int64_t pages = reply.limit > 0 ? (reply.total + reply.limit - 1) / reply.limit : 0;
  append_number(",\"pagination\":{\"page\":", reply.page, out);
  append_number(",\"limit\":", reply.limit, out);
  append_number(",\"total\":", reply.total, out);
  append_number(",\"pages\":", pages, out);
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
  using Kind = ReplyShape::Kind;
  const Kind kind = reply.shape.kind;
  response_.status = kind == Kind::bare && reply.status != 0 ? reply.status : status_of(kind);
  if (kind == Kind::none) return;
  if (reply.shape.streams()) return write_stream(reply);
  std::string& out = response_.body;
  if (kind == Kind::bare) {
    schema::write_json(*reply.shape.type, reply.value, out);
  } else {
    out += "{\"data\":";
    schema::write_json(kind == Kind::page ? *reply.items_type : *reply.shape.type, reply.value, out);
    if (kind == Kind::page) append_pagination(reply, out);
    out += '}';
  }
  response_.headers.add("Content-Type", "application/json");
}

void HttpReply::write_stream(const ReplyView& reply) {
  const bool events = reply.shape.kind == ReplyShape::Kind::events;
  using Format = detail::StreamBody::Format;
  response_.stream = detail::make_stream_body(events ? Format::events : Format::rows, std::move(*reply.producer),
                                              streams_, {&context_.log(), std::string(context_.request_id())});
  response_.headers.add("Content-Type", events ? "text/event-stream" : "application/json");
  if (events) response_.headers.add("X-Accel-Buffering", "no");  // nginx would keep events back
}

}  // namespace ashlar::web
