// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/wire.hpp"
#include "ashlar/http/message.hpp"

namespace ashlar::http::detail {

// An HTTP/1.1 connection after 101. The wire outlives it and has nothing to send.
class Http1Tunnel final : public Tunnel {
 public:
  explicit Http1Tunnel(Wire& wire) : wire_(wire) {}

  Task<Result<std::span<char>>> read() override;
  Task<Result<>> write(std::string_view bytes) override;

 private:
  Wire& wire_;
  bool ended_ = false;  // the client sends no more
};

}  // namespace ashlar::http::detail
