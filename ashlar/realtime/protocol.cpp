// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/protocol.hpp"

#include "ashlar/schema/json.hpp"

#include <utility>

namespace ashlar::schema {

Type Describe<realtime::Position>::type() {
  using realtime::Position;
  constexpr std::int64_t text_min = 18;  // 16 digits, a colon and one digit
  constexpr std::int64_t text_max = 37;
  Type out{.kind = Kind::string, .pattern = "^[0-9a-f]{16}:[0-9]{1,20}$", .bounds = {text_min, text_max}};
  out.append_example = [](std::string& json) { json += "\"00000000000000a7:42\""; };
  out.access.set_text = [](void* value, std::string_view text) -> Check {
    const auto parsed = Position::parse(text);
    if (!parsed) return Violation{"position", "is not a position that the server has sent"};
    *static_cast<Position*>(value) = *parsed;
    return {};
  };
  out.access.append_text = [](const void* value, std::string& text) {
    text += static_cast<const Position*>(value)->to_string();
  };
  return out;
}

}  // namespace ashlar::schema

namespace ashlar::realtime::protocol {
namespace {

// What can be read of a message that is refused.
struct Identified {
  std::optional<RequestId> id;
};
ASHLAR_DESCRIBE(Identified, id)

std::optional<std::string> id_of(std::string_view text) {
  const auto identified = schema::read_json<Identified>(text, {.unknown = schema::ReadOptions::Unknown::ignore});
  if (!identified || !identified->id) return std::nullopt;
  return std::string(identified->id->view());
}

}  // namespace

std::expected<ClientMessage, Failure> read(std::string_view text) {
  ClientMessage out;
  const auto done = schema::read_json(text, schema::type_of<ClientMessage>(), &out);
  if (done) return out;
  return std::unexpected(failure(id_of(text), done.error()));
}

Failure failure(std::optional<std::string> id, const Error& error) {
  Failure out{.id = std::move(id), .code = std::string(error.code().name), .message = error.message()};
  if (!error.faults().empty()) {
    const Fault& first = error.faults().front();
    out.message = first.path.empty() ? first.message : first.path + ": " + first.message;
  }
  return out;
}

std::string write(const ServerMessage& message) { return schema::to_json(message); }

}  // namespace ashlar::realtime::protocol
