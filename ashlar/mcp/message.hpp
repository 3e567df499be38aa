// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/json_object.hpp"

#include <expected>
#include <string>
#include <string_view>

// The messages of the Model Context Protocol: JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one message in each
// HTTP body. No I/O.
namespace ashlar::mcp {

// Of JSON-RPC, and those that revision 2026-07-28 of the protocol defines.
namespace codes {
inline constexpr int parse_error = -32'700;
inline constexpr int invalid_request = -32'600;
inline constexpr int method_not_found = -32'601;
inline constexpr int invalid_params = -32'602;
inline constexpr int header_mismatch = -32'020;
inline constexpr int unsupported_version = -32'022;
}  // namespace codes

struct RpcError {
  int code = 0;
  std::string message;
  std::string data{};  // JSON text; empty: none
};

// A request, or a notification, which has no id and gets no answer.
struct Message {
  std::string id;  // JSON text of a string or an integer; empty: a notification
  std::string method;
  JsonObject params{};

  // params._meta; empty where there is none.
  [[nodiscard]] JsonObject meta() const;
};

// Errors: parse_error, invalid_request. A batch is refused: revision 2025-06-18 removed them.
[[nodiscard]] std::expected<Message, RpcError> read_message(std::string_view body);

// A member of that name that is a string, or an object. An absent or other member is nullopt.
[[nodiscard]] std::optional<std::string> text_member(const JsonObject& object, std::string_view name);
[[nodiscard]] std::optional<JsonObject> object_member(const JsonObject& object, std::string_view name);

// `id` as Message::id; empty: null, for an error of a message without a readable one. `result` is JSON text.
[[nodiscard]] std::string write_result(std::string_view id, std::string_view result);
[[nodiscard]] std::string write_error(std::string_view id, const RpcError& error);

}  // namespace ashlar::mcp
