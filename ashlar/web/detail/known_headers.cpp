// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/known_headers.hpp"

#include "ashlar/core/encoding.hpp"

namespace ashlar::web {

KnownHeaders::KnownHeaders(const http::RequestHeaders& headers) {
  const auto take = [](std::string_view& value, int count, std::string_view found) {
    if (count == 0) value = found;
  };
  const auto add_one = [](std::uint8_t& count) {
    const int before = count;
    if (count < 2) ++count;
    return before;
  };
  for (const http::Field& field : headers.all()) {
    switch (field.name.size()) {  // distinguishes most fields by their length
      case 6:
        if (ascii_iequals(field.name, "cookie")) add_one(cookies);
        if (ascii_iequals(field.name, "origin")) take(origin, static_cast<int>(origin.size()), field.value);
        break;
      case 10:
        if (ascii_iequals(field.name, "user-agent")) take(user_agent, static_cast<int>(user_agent.size()), field.value);
        if (ascii_iequals(field.name, "tracestate")) take(tracestate, static_cast<int>(tracestate.size()), field.value);
        break;
      case 11:
        if (ascii_iequals(field.name, "traceparent"))
          traceparent = add_one(traceparents) == 0 ? field.value : std::string_view{};
        break;
      case 12:
        if (ascii_iequals(field.name, "content-type")) take(content_type, add_one(content_types), field.value);
        if (ascii_iequals(field.name, "x-request-id"))
          take(request_id, static_cast<int>(request_id.size()), field.value);
        break;
      case 13:
        if (ascii_iequals(field.name, "authorization")) take(authorization, add_one(authorizations), field.value);
        break;
      case 14:
        if (ascii_iequals(field.name, "x-access-token"))
          take(access_token, static_cast<int>(access_token.size()), field.value);
        break;
      case 15:
        if (ascii_iequals(field.name, "accept-encoding")) take(accept_encoding, add_one(accept_encodings), field.value);
        break;
      case 16:
        if (ascii_iequals(field.name, "content-encoding"))
          take(content_encoding, add_one(content_encodings), field.value);
        break;
      default:
        break;
    }
  }
}

}  // namespace ashlar::web
