// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/http1_response.hpp"
#include "ashlar/http/detail/wire.hpp"
#include "ashlar/http/message.hpp"

#include <cstdint>
#include <string_view>

namespace ashlar::http::detail {

// Where the streamed body of the response that a connection is at goes.
class ResponseStream final : public BodyWriter {
 public:
  void use(Wire& wire) { wire_ = &wire; }  // before all else; it outlives the response

  // The head is in the wire's output already. `length`: of ResponseFraming::length.
  void begin(ResponseFraming framing, std::uint64_t length);
  // After the last write: ends the body. false: it was not as long as promised, or the client has gone.
  bool finish();

  Task<Result<>> write(std::string_view bytes) override;

 private:
  Wire* wire_ = nullptr;
  ResponseFraming framing_ = ResponseFraming::none;
  std::uint64_t left_ = 0;  // of ResponseFraming::length
  bool broken_ = false;
};

}  // namespace ashlar::http::detail
