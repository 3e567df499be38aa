// SPDX-License-Identifier: Apache-2.0
// A Proto as a .proto file, and as the descriptor that reflection shows.
#include "ashlar/grpc/detail/wire.hpp"
#include "ashlar/grpc/proto.hpp"

#include <algorithm>

namespace ashlar::grpc {

namespace {

std::string_view scalar_name(Field::Kind kind) {
  switch (kind) {
    case Field::Kind::boolean:
      return "bool";
    case Field::Kind::int64:
      return "int64";
    case Field::Kind::real:
      return "double";
    case Field::Kind::timestamp:
      return timestamp_message;
    default:
      return "string";
  }
}

std::string type_name(const Field& field) {
  return field.message != nullptr ? field.message->name : std::string(scalar_name(field.kind));
}

// google.protobuf.FieldDescriptorProto.Type
std::uint64_t descriptor_type(const Field& field) {
  switch (field.kind) {
    case Field::Kind::boolean:
      return 8;
    case Field::Kind::int64:
      return 3;
    case Field::Kind::real:
      return 1;
    case Field::Kind::text:
    case Field::Kind::json:
      return 9;
    default:
      return 11;
  }
}

std::string note_of(const Field& field) {
  if (field.kind == Field::Kind::json) return "a JSON object";
  if (field.type == nullptr) return {};
  switch (field.type->format) {
    case schema::Format::uuid:
      return "UUID";
    case schema::Format::money:
      return "an amount with two decimals";
    case schema::Format::enumeration: {
      std::string out;
      for (const std::string_view name : field.type->enumerators) out.append(out.empty() ? "" : ", ").append(name);
      return out;
    }
    default:
      return {};
  }
}

std::string default_json_name(std::string_view name) {
  std::string out;
  bool up = false;
  for (const char c : name) {
    if (c != '_') out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    up = c == '_';
  }
  return out;
}

bool uses(std::span<const std::unique_ptr<Message>> messages, std::string_view name) {
  return std::ranges::any_of(messages, [&](const auto& message) {
    return message->name == name || std::ranges::any_of(message->fields, [&](const Field& field) {
             return field.kind == Field::Kind::timestamp && name == timestamp_message;
           });
  });
}

std::string field_line(const Field& field, std::string_view indent) {
  std::string out(indent);
  if (field.label == Field::Label::repeated) out += "repeated ";
  // Messages always have presence.
  if (field.label == Field::Label::optional && descriptor_type(field) != 11) out += "optional ";
  out += type_name(field) + ' ' + field.name + " = " + std::to_string(field.number);
  if (field.json_name != default_json_name(field.name)) out += " [json_name = \"" + field.json_name + "\"]";
  out += ';';
  if (const std::string note = note_of(field); !note.empty()) out += "  // " + note;
  return out + '\n';
}

void append_message(const Message& message, std::string& out) {
  out += "\nmessage " + message.name + " {\n";
  const bool choice = message.shape == Message::Shape::choice;
  if (!message.reserved.numbers.empty()) {
    out += "  reserved ";
    for (const std::uint32_t number : message.reserved.numbers)
      out += (out.ends_with("reserved ") ? "" : ", ") + std::to_string(number);
    out += ";\n  reserved ";
    for (const std::string& name : message.reserved.names)
      out += std::string(out.ends_with("reserved ") ? "" : ", ") + '"' + name + '"';
    out += ";\n";
  }
  if (choice) out += "  oneof value {\n";
  for (const Field& field : message.fields) out += field_line(field, choice ? "    " : "  ");
  if (choice) out += "  }\n";
  out += "}\n";
}

std::string one_line(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '\n', ' ');
  return out;
}

using detail::append_bytes;
using detail::append_varint_field;

constexpr std::uint64_t label_optional = 1;
constexpr std::uint64_t label_repeated = 3;

std::string full_name(const Proto& proto, const Field& field) {
  if (field.kind == Field::Kind::timestamp) return "." + std::string(timestamp_message);
  return '.' + proto.package() + '.' + field.message->name;
}
std::string full_name(const Proto& proto, const Message& message) {
  return message.shape == Message::Shape::empty ? '.' + message.name : '.' + proto.package() + '.' + message.name;
}

std::string descriptor_of(const Proto& proto, const Message& message) {
  std::string out;
  append_bytes(1, message.name, out);
  std::string oneofs;
  std::uint64_t oneof_count = message.shape == Message::Shape::choice ? 1 : 0;
  if (oneof_count > 0) append_bytes(8, std::string("\x0a\x05value"), oneofs);
  for (const Field& field : message.fields) {
    std::string inner;
    append_bytes(1, field.name, inner);
    append_varint_field(3, field.number, inner);
    append_varint_field(4, field.label == Field::Label::repeated ? label_repeated : label_optional, inner);
    append_varint_field(5, descriptor_type(field), inner);
    if (descriptor_type(field) == 11) append_bytes(6, full_name(proto, field), inner);
    if (field.label == Field::Label::in_choice) append_varint_field(9, 0, inner);
    append_bytes(10, field.json_name, inner);
    if (field.label == Field::Label::optional && descriptor_type(field) != 11) {
      append_varint_field(9, oneof_count++, inner);  // an optional scalar is the one member of a synthetic oneof
      append_varint_field(17, 1, inner);
      std::string name;
      append_bytes(1, "_" + field.name, name);
      append_bytes(8, name, oneofs);
    }
    append_bytes(2, inner, out);
  }
  out += oneofs;
  for (const std::uint32_t number : message.reserved.numbers) {
    std::string range;
    append_varint_field(1, number, range);
    append_varint_field(2, std::uint64_t{number} + 1, range);
    append_bytes(9, range, out);
  }
  for (const std::string& name : message.reserved.names) append_bytes(10, name, out);
  return out;
}

}  // namespace

std::string Proto::to_string() const {
  std::string out = "syntax = \"proto3\";\n\npackage " + package_ + ";\n\n";
  if (uses(messages_, empty_message)) out += "import \"google/protobuf/empty.proto\";\n";
  if (uses(messages_, timestamp_message)) out += "import \"google/protobuf/timestamp.proto\";\n";
  for (const Service& service : services_) {
    out += "\nservice " + service.name.substr(package_.size() + 1) + " {\n";
    for (const Method& method : service.methods) {
      if (const auto& summary = method.endpoint->endpoint->summary; !summary.empty())
        out += "  // " + one_line(summary) + "\n";
      // In full: a message may have its method's name, which is nearer.
      out += "  rpc " + method.name + "(" + full_name(*this, *method.input) + ") returns (" +
             (method.streams() ? "stream " : "") + full_name(*this, *method.output) + ")";
      out += method.reads() ? " {\n    option idempotency_level = NO_SIDE_EFFECTS;\n  }\n" : ";\n";
    }
    out += "}\n";
  }
  for (const auto& message : messages_) {
    if (message->shape != Message::Shape::empty) append_message(*message, out);
  }
  return out;
}

// The numbers are those of google/protobuf/descriptor.proto.
std::string Proto::descriptor() const {
  std::string out;
  append_bytes(1, file_name(), out);
  append_bytes(2, package_, out);
  if (uses(messages_, empty_message)) append_bytes(3, "google/protobuf/empty.proto", out);
  if (uses(messages_, timestamp_message)) append_bytes(3, "google/protobuf/timestamp.proto", out);
  for (const auto& message : messages_) {
    if (message->shape != Message::Shape::empty) append_bytes(4, descriptor_of(*this, *message), out);
  }
  for (const Service& service : services_) {
    std::string inner;
    append_bytes(1, service.name.substr(package_.size() + 1), inner);
    for (const Method& method : service.methods) {
      std::string rpc;
      append_bytes(1, method.name, rpc);
      append_bytes(2, full_name(*this, *method.input), rpc);
      append_bytes(3, full_name(*this, *method.output), rpc);
      if (method.reads()) append_bytes(4, std::string("\x90\x02\x01"), rpc);  // idempotency_level: NO_SIDE_EFFECTS
      if (method.streams()) append_varint_field(6, 1, rpc);
      append_bytes(2, rpc, inner);
    }
    append_bytes(6, inner, out);
  }
  append_bytes(12, "proto3", out);
  return out;
}

}  // namespace ashlar::grpc
