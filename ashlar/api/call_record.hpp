// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/invocation.hpp"
#include "ashlar/log/logger.hpp"

#include <chrono>
#include <cstdint>
#include <span>

// Log lines about a call: one when it has ended, and another when it was refused or failed through our fault.
namespace ashlar::api {

struct CallLogOptions {
  enum class State : std::uint8_t { off, on } state = State::on;
  std::uint32_t one_in = 1;  // of fast successful calls, one in this many is logged; failures and slow calls always
  std::chrono::milliseconds slow{1'000};  // a call that takes this long is slow
};

// The outcome of a call.
struct CallRecord {
  const Call& call;
  const PreparedEndpoint* endpoint = nullptr;  // null: the transport found none
  std::string_view code{};                     // of the error; empty when the call succeeded
  enum class Result : std::uint8_t { success, failure } result = Result::success;
  std::chrono::nanoseconds took{0};
  // What the transport adds: HTTP's method, url, host, status, bytes. At most call_attributes_max.
  std::span<const log::Attribute> transport{};
};
inline constexpr std::size_t call_attributes_max = 8;

// The message "request" at `info`: the transport's attributes, then operation, code, address, durationMs, requestId,
// userId, traceId and spanId, where known. A line that stands for several calls has oneIn.
void log_call(const CallRecord& record, const CallLogOptions& options);

// A refused caller: the message "access refused" with what the guard requires. A security event at `warn` for a known
// caller; a line at `info` for an anonymous one, who can cause any number of them.
void log_refusal(const Call& call, const PreparedEndpoint* endpoint, const Error& error);

// An internal fault: the message "request failed" at `error`, with the cause, which the caller does not see.
void log_failure(const Call& call, const PreparedEndpoint* endpoint, const Error& error);

}  // namespace ashlar::api
