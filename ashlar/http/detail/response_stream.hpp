// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/http1_response.hpp"
#include "ashlar/http/detail/wire.hpp"
#include "ashlar/http/message.hpp"

#include <cstdint>
#include <string_view>

namespace ashlar::http::detail {

// The destination of the streamed body of a connection's current response.
class ResponseStream final : public BodyWriter {
 public:
  void use(Wire& wire) { wire_ = &wire; }  // called first; it outlives the response

  // The head is already in the wire's output. `length`: of ResponseFraming::length.
  void begin(ResponseFraming framing, std::uint64_t length);
  // After the last write: ends the body, and sends the trailers, if there are any and the body is in chunks. false: its
  // length was not the announced one, or the client has disconnected.
  bool finish(const ResponseHeaders* trailers);

  Task<Result<>> write(std::string_view bytes) override;

 private:
  Wire* wire_ = nullptr;
  ResponseFraming framing_ = ResponseFraming::none;
  std::uint64_t left_ = 0;  // of ResponseFraming::length
  bool broken_ = false;
};

}  // namespace ashlar::http::detail
