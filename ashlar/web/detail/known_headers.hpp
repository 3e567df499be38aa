// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/headers.hpp"

#include <cstdint>
#include <string_view>

namespace ashlar::web {

// The fields that the chain reads, found in one pass over a request's headers. The first of each name; views like those
// of the request.
struct KnownHeaders {
  explicit KnownHeaders(const http::RequestHeaders& headers);

  std::string_view origin;
  std::string_view request_id;
  std::string_view user_agent;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view authorization;
  std::string_view accept_encoding;
  std::string_view traceparent;  // empty when there are several
  std::string_view tracestate;
  std::string_view access_token;  // X-Access-Token
  // Their number, 2 for more: none, the one above, or several contradictory ones.
  std::uint8_t authorizations = 0;
  std::uint8_t content_types = 0;
  std::uint8_t content_encodings = 0;
  std::uint8_t traceparents = 0;
  std::uint8_t accept_encodings = 0;
  std::uint8_t cookies = 0;
};

}  // namespace ashlar::web
