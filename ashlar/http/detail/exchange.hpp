// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/request_body.hpp"
#include "ashlar/http/detail/response_stream.hpp"
#include "ashlar/http/message.hpp"

#include <string>

namespace ashlar::http::detail {

// A request and its response, with their memory. When a sweep finds a connection waiting, its Exchange is returned to
// the loop for the next request on any connection, so that a loop has as many as are in use, and not one per
// connection.
struct Exchange {
  Request request;
  Response response;
  RequestBody body;
  ResponseStream stream;
  std::string output;  // memory for the wire's output
};

}  // namespace ashlar::http::detail
