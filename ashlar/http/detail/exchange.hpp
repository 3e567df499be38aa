// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/request_body.hpp"
#include "ashlar/http/detail/response_stream.hpp"
#include "ashlar/http/message.hpp"

#include <string>

namespace ashlar::http::detail {

// A request and its answer, with the memory that they live in. A connection that a sweep finds waiting leaves its own
// to whichever has the next request, so that a loop has as many as are in use, and not as many as connections.
struct Exchange {
  Request request;
  Response response;
  RequestBody body;
  ResponseStream stream;
  std::string output;  // memory for the wire's
};

}  // namespace ashlar::http::detail
