// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mcp/message.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <cstdint>

namespace ashlar::mcp {

namespace {

std::unexpected<RpcError> refuse(int code, std::string message) {
  return std::unexpected(RpcError{.code = code, .message = std::move(message)});
}

bool is_id(std::string_view json) {
  if (json.starts_with('"')) return true;
  return schema::read_json<std::int64_t>(json).has_value();
}

}  // namespace

std::optional<std::string> text_member(const JsonObject& object, std::string_view name) {
  const auto json = object.member(name);
  if (!json || !json->starts_with('"')) return std::nullopt;
  auto text = schema::read_json<std::string>(*json);
  if (!text) return std::nullopt;
  return std::move(*text);
}

std::optional<JsonObject> object_member(const JsonObject& object, std::string_view name) {
  const auto json = object.member(name);
  if (!json || !json->starts_with('{')) return std::nullopt;
  return JsonObject::trusted(std::string(*json));
}

JsonObject Message::meta() const { return object_member(params, "_meta").value_or(JsonObject{}); }

std::expected<Message, RpcError> read_message(std::string_view body) {
  const auto object = schema::read_json<JsonObject>(body);
  if (!object && object.error().code().name == "request.malformed_json")
    return refuse(codes::parse_error, object.error().message());
  if (!object) return refuse(codes::invalid_request, "The body must be one JSON-RPC request or notification.");
  if (text_member(*object, "jsonrpc") != "2.0") return refuse(codes::invalid_request, "\"jsonrpc\" must be \"2.0\".");
  auto method = text_member(*object, "method");
  if (!method) return refuse(codes::invalid_request, "\"method\" must be a string; responses are not accepted.");
  Message out{.id = {}, .method = std::move(*method)};
  if (const auto id = object->member("id")) {
    if (!is_id(*id)) return refuse(codes::invalid_request, "\"id\" must be a string or an integer.");
    out.id = *id;
  }
  if (const auto params = object->member("params")) {
    if (!params->starts_with('{')) return refuse(codes::invalid_request, "\"params\" must be an object.");
    out.params = JsonObject::trusted(std::string(*params));
  }
  return out;
}

std::string write_result(std::string_view id, std::string_view result) {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":)" + std::string(result) + "}";
}

std::string write_error(std::string_view id, const RpcError& error) {
  std::string out = R"({"jsonrpc":"2.0","id":)" + std::string(id.empty() ? "null" : id) + R"(,"error":{"code":)" +
                    std::to_string(error.code) + R"(,"message":)";
  schema::write_json_string(error.message, out);
  if (!error.data.empty()) out += R"(,"data":)" + error.data;
  return out + "}}";
}

}  // namespace ashlar::mcp
