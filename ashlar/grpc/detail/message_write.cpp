// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/timestamp.hpp"
#include "ashlar/grpc/detail/message_codec.hpp"
#include "ashlar/grpc/detail/wire.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace ashlar::grpc::detail {

namespace {

using schema::Kind;
using schema::Type;

constexpr std::int64_t nanos_per_millisecond = 1'000'000;

// The value inside optionals and nullables; null: there is none.
const void* held_value(const Type& type, const void* value) {
  if (value == nullptr || (type.kind != Kind::optional && type.kind != Kind::nullable)) return value;
  return held_value(type.element(), type.access.content(value));
}
const Type& held(const Type& type) {
  return type.kind == Kind::optional || type.kind == Kind::nullable ? held(type.element()) : type;
}

// What a member of an object holds, without what is never sent. Both null: nothing, and nothing is written.
struct Content {
  const void* nullable = nullptr;  // what a member of Field::Kind::nullable holds when it was given, be it null
  const void* value = nullptr;
};
Content content_of(const Field& field, const void* object) {
  if (field.member->password) return {};
  const Type& type = field.member->type();
  const void* const member = field.member->locate_in(object);
  if (field.kind != Field::Kind::nullable) return {.value = held_value(type, member)};
  const void* const nullable = type.access.content(member);
  if (nullable == nullptr) return {};
  return {.nullable = nullable, .value = held_value(type.element(), nullable)};
}

// Writes a length and what `write` appends.
template <class Write>
void append_delimited(std::uint32_t number, std::string& out, Write write) {
  append_tag(number, WireType::bytes, out);
  const std::size_t at = out.size();
  write();
  std::string length;
  append_varint(out.size() - at, length);
  out.insert(at, length);
}

void append_timestamp(std::int64_t milliseconds, std::string& out) {
  const std::int64_t seconds = Timestamp::from_milliseconds(milliseconds).seconds();
  const std::int64_t nanos = (milliseconds - seconds * 1000) * nanos_per_millisecond;
  if (seconds != 0) append_varint_field(1, static_cast<std::uint64_t>(seconds), out);
  if (nanos != 0) append_varint_field(2, static_cast<std::uint64_t>(nanos), out);
}

std::uint64_t number_of(const Field& field, const void* value) {
  const schema::Access& access = field.type->access;
  if (field.kind == Field::Kind::boolean) return access.get_boolean(value) ? 1 : 0;
  if (field.kind == Field::Kind::int64) return static_cast<std::uint64_t>(access.get_integer(value));
  return std::bit_cast<std::uint64_t>(access.get_number(value));
}

void append_number(Field::Kind kind, std::uint64_t number, std::string& out) {
  if (kind == Field::Kind::real) return append_fixed64(number, out);
  append_varint(number, out);
}

bool is_number(Field::Kind kind) {
  return kind == Field::Kind::boolean || kind == Field::Kind::int64 || kind == Field::Kind::real;
}

enum class Zero : bool { written, omitted };

void append_value(const Field& field, const void* value, Zero zero, std::string& out) {
  if (is_number(field.kind)) {
    const std::uint64_t number = number_of(field, value);
    if (number == 0 && zero == Zero::omitted) return;
    append_tag(field.number, field.kind == Field::Kind::real ? WireType::fixed64 : WireType::varint, out);
    return append_number(field.kind, number, out);
  }
  if (field.kind == Field::Kind::message)
    return append_delimited(field.number, out, [&] { write_message(*field.message, value, out); });
  if (field.kind == Field::Kind::timestamp)
    return append_delimited(field.number, out, [&] { append_timestamp(field.type->access.get_integer(value), out); });
  const std::size_t before = out.size();
  const schema::Access& access = field.type->access;
  if (access.append_text == nullptr && access.view_text == nullptr) return;
  bool is_empty = false;
  append_delimited(field.number, out, [&] {
    const std::size_t at = out.size();
    if (access.view_text != nullptr) {
      out += access.view_text(value);
    } else {
      access.append_text(value, out);
    }
    is_empty = out.size() == at;
  });
  if (is_empty && zero == Zero::omitted) out.resize(before);
}

void append_items(const Field& field, const Type& array, const void* value, std::string& out) {
  const std::size_t size = array.access.size(value);
  if (size == 0) return;
  if (!is_number(field.kind)) {
    for (std::size_t i = 0; i < size; ++i) append_value(field, array.access.item(value, i), Zero::written, out);
    return;
  }
  append_delimited(field.number, out, [&] {
    for (std::size_t i = 0; i < size; ++i)
      append_number(field.kind, number_of(field, array.access.item(value, i)), out);
  });
}

void append_member(const Field& field, const void* object, std::string& out) {
  const auto [nullable, value] = content_of(field, object);
  if (nullable != nullptr) {
    return append_delimited(field.number, out, [&] {
      if (value != nullptr) append_value(field.message->fields.front(), value, Zero::written, out);
    });
  }
  if (value == nullptr) return;
  if (field.label == Field::Label::repeated) return append_items(field, held(field.member->type()), value, out);
  append_value(field, value, field.label == Field::Label::implicit ? Zero::omitted : Zero::written, out);
}

// --- JSON ---

void append_name(std::string_view name, std::string& out) {
  if (!out.ends_with('{')) out += ',';
  schema::write_json_string(name, out);
  out += ':';
}

void append_json_value(const Field& field, const void* value, std::string& out) {
  switch (field.kind) {
    case Field::Kind::int64:
      out += '"' + std::to_string(field.type->access.get_integer(value)) + '"';
      return;
    case Field::Kind::json: {
      std::string text;
      schema::write_json(*field.type, value, text);
      return schema::write_json_string(text, out);
    }
    case Field::Kind::message:
      return write_json(*field.message, value, out);
    default:
      return schema::write_json(*field.type, value, out);
  }
}

void append_json_member(const Field& field, const void* object, std::string& out) {
  const auto [nullable, value] = content_of(field, object);
  if (nullable != nullptr) {
    append_name(field.json_name, out);
    out += '{';
    if (value != nullptr) {
      append_name("value", out);
      append_json_value(field.message->fields.front(), value, out);
    }
    out += '}';
    return;
  }
  if (value == nullptr) return;
  append_name(field.json_name, out);
  if (field.label != Field::Label::repeated) return append_json_value(field, value, out);
  const Type& array = held(field.member->type());
  out += '[';
  for (std::size_t i = 0; i < array.access.size(value); ++i) {
    if (i > 0) out += ',';
    append_json_value(field, array.access.item(value, i), out);
  }
  out += ']';
}

const Field& active_field(const Message& message, const void* choice) {
  return message.fields[message.type->access.active(choice)];
}

void append_pagination(const Message& message, const api::ReplyView& reply, std::string& out) {
  const auto number = [&](std::string_view name) {
    return std::ranges::find(message.fields, name, &Field::name)->number;
  };
  if (reply.cursors == nullptr) {
    if (reply.page != 0) append_varint_field(number("page"), static_cast<std::uint64_t>(reply.page), out);
    if (reply.total != 0) append_varint_field(number("total"), static_cast<std::uint64_t>(reply.total), out);
    if (reply.total_kind != api::TotalKind::exact) append_varint_field(number("total_is_exact"), 0, out);
  }
  if (reply.limit != 0) append_varint_field(number("limit"), static_cast<std::uint64_t>(reply.limit), out);
  if (reply.cursors == nullptr) return;
  if (reply.cursors->next) append_bytes(number("next"), *reply.cursors->next, out);
  if (reply.cursors->previous) append_bytes(number("previous"), *reply.cursors->previous, out);
}

void append_json_pagination(const api::ReplyView& reply, std::string& out) {
  out += R"({"limit":")" + std::to_string(reply.limit) + '"';
  if (reply.cursors == nullptr) {
    out += R"(,"page":")" + std::to_string(reply.page) + R"(","total":")" + std::to_string(reply.total) + '"';
    if (reply.total_kind != api::TotalKind::exact) out += R"(,"totalIsExact":false)";
  } else {
    for (const auto& [name, cursor] :
         {std::pair{"next", &reply.cursors->next}, {"previous", &reply.cursors->previous}}) {
      if (!*cursor) continue;
      append_name(name, out);
      schema::write_json_string(**cursor, out);
    }
  }
  out += '}';
}

}  // namespace

void write_message(const Message& message, const void* value, std::string& out) {
  if (message.shape == Message::Shape::choice) {
    const Field& field = active_field(message, value);
    return append_delimited(field.number, out,
                            [&] { write_message(*field.message, message.type->access.active_value(value), out); });
  }
  if (message.shape != Message::Shape::object) return;
  for (const Field& field : message.fields) append_member(field, value, out);
}

void write_json(const Message& message, const void* value, std::string& out) {
  out += '{';
  if (message.shape == Message::Shape::choice) {
    const Field& field = active_field(message, value);
    append_name(field.json_name, out);
    write_json(*field.message, message.type->access.active_value(value), out);
  } else if (message.shape == Message::Shape::object) {
    for (const Field& field : message.fields) append_json_member(field, value, out);
  }
  out += '}';
}

void write_reply(const Message& message, const api::ReplyView& reply, std::string& out) {
  if (message.shape != Message::Shape::page) return write_message(message, reply.value, out);
  append_items(message.fields[0], *reply.items_type, reply.value, out);
  append_delimited(message.fields[1].number, out, [&] { append_pagination(*message.fields[1].message, reply, out); });
}

void write_reply_json(const Message& message, const api::ReplyView& reply, std::string& out) {
  if (message.shape != Message::Shape::page) return write_json(message, reply.value, out);
  out += R"({"items":[)";
  const Type& array = *reply.items_type;
  for (std::size_t i = 0; i < array.access.size(reply.value); ++i) {
    if (i > 0) out += ',';
    append_json_value(message.fields[0], array.access.item(reply.value, i), out);
  }
  out += R"(],"pagination":)";
  append_json_pagination(reply, out);
  out += '}';
}

}  // namespace ashlar::grpc::detail
