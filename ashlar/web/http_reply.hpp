// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/operation.hpp"

namespace ashlar::web {

// How HTTP words each kind of reply: the status that it stands for when it is not said otherwise.
[[nodiscard]] int status_of(ReplyShape::Kind kind);

// Writes an operation's reply into a response: {"data": ...}, {"data": [...], "pagination": {...}}, the bare value, or
// 204 without a body; streams go on after it.
class HttpReply final : public ReplySink {
 public:
  // The context and the options outlive it.
  HttpReply(http::Response& response, const Context& context, const StreamOptions& streams)
      : response_(response), context_(context), streams_(streams) {}
  void write(const ReplyView& reply) override;

 private:
  void write_stream(const ReplyView& reply);

  http::Response& response_;
  const Context& context_;
  const StreamOptions& streams_;
};

}  // namespace ashlar::web
