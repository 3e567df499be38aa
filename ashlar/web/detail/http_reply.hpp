// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/operation.hpp"

#include <cstdint>

namespace ashlar::web {

struct Exchange;

// The status of each kind of reply.
[[nodiscard]] int status_of(api::ReplyShape::Kind kind);

// Writes the outcome of a call into the response. A reply becomes {"data": ...}, {"data": [...], "pagination": {...}},
// the bare value, or 204 without a body, with its cookies, Location, Cache-Control and ETag; streams continue after it.
// An error becomes problem details. On an open route, a response that depends on the caller varies by the credentials,
// and no cache may store a response to an authenticated caller.
class HttpReply final : public api::ReplySink {
 public:
  explicit HttpReply(Exchange& exchange) : exchange_(exchange) {}
  void write(const api::ReplyView& reply) override;
  void fail(const Error& error) override;

 private:
  void write_body(const api::ReplyView& reply);
  void write_stream(const api::ReplyView& reply);
  void add_location(const void* created);
  void add_caching();
  enum class Personal : std::uint8_t { no, yes };
  Personal vary_by_caller();

  Exchange& exchange_;
};

}  // namespace ashlar::web
