// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/headers.hpp"

#include <string_view>

namespace ashlar::web {

// The fields that the chain reads, found in one pass over a request's headers. The first of each name; views as those
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
  int authorizations = 0;         // how many there are: more than one is nobody's
  int content_types = 0;
  int content_encodings = 0;
  int traceparents = 0;
  int accept_encodings = 0;
  int cookies = 0;
};

}  // namespace ashlar::web
