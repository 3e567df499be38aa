// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <memory>
#include <stdexcept>

namespace ashlar::http::detail {

// Fills them after the body.
inline Task<Result<>> write_before_trailers(BodyWriter& writer, Response& response) {
  if (auto written = co_await writer.write("piece"); !written) co_return written;
  response.trailers->set("Checksum", "18");
  co_return Result<>{};
}
inline Task<Result<>> write_three_pieces(BodyWriter& writer) {
  for (const char* piece : {"first ", "second", " third"}) {
    if (auto written = co_await writer.write(piece); !written) co_return written;
  }
  co_return Result<>{};
}
inline Task<Result<>> break_off(BodyWriter& writer) {
  (void)co_await writer.write("some");
  throw std::runtime_error("no");
}

// Of TestHandler: trailers after the kind of body that the query names.
inline void answer_with_trailers(const Request& request, Response& response) {
  response.trailers = std::make_unique<ResponseHeaders>();
  response.trailers->add("Checksum", "17");
  response.trailers->add("Keep-Alive", "no field of HTTP/2");
  if (request.query == "stream") response.stream = write_three_pieces;
  if (request.query == "late")
    response.stream = [&response](BodyWriter& writer) { return write_before_trailers(writer, response); };
  if (request.query == "fails") response.stream = break_off;
  if (request.query == "whole") response.body = "whole";
}

}  // namespace ashlar::http::detail
