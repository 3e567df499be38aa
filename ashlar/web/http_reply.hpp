// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/operation.hpp"

namespace ashlar::web {

// How HTTP words each kind of reply: the status that it stands for when it is not said otherwise.
[[nodiscard]] int status_of(ReplyShape::Kind kind);

// Writes an operation's reply into a response: {"data": ...}, {"data": [...], "pagination": {...}}, the bare value, or
// 204 without a body.
class HttpReply final : public ReplySink {
 public:
  explicit HttpReply(http::Response& response) : response_(response) {}
  void write(const ReplyView& reply) override;

 private:
  http::Response& response_;
};

}  // namespace ashlar::web
