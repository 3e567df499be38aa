// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/request_body.hpp"
#include "ashlar/http/detail/response_stream.hpp"
#include "ashlar/http/message.hpp"

#include <string>

namespace ashlar::http::detail {

// A request and its answer, with the memory that they live in. A loop has as many as requests are under way: a
// connection borrows one from a request's first byte until its answer is sent, so that thousands that wait for a
// request hold none.
struct Exchange {
  Request request;
  Response response;
  RequestBody body;
  ResponseStream stream;
  std::string output;  // memory for the wire's
};

}  // namespace ashlar::http::detail
