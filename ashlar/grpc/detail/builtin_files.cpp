// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/detail/builtin_files.hpp"

#include "ashlar/grpc/detail/wire.hpp"

#include <cstdint>

namespace ashlar::grpc::detail {

namespace {

// The numbers are those of google/protobuf/descriptor.proto.
enum class FieldType : std::uint8_t { int64 = 3, int32 = 5, string = 9, message = 11, bytes = 12, enumeration = 14 };
enum class Label : std::uint8_t { one = 1, repeated = 3 };
enum class Streams : std::uint8_t { none, replies, both };

struct FieldRow {
  std::string_view name;
  std::uint32_t number;
  FieldType type;
  std::string_view type_name{};  // without the package
  Label label = Label::one;
  std::string_view oneof{};
};
struct EnumRow {
  std::string_view name;
  std::vector<std::string_view> values;  // from 0 on
};
struct MessageRow {
  std::string_view name;
  std::vector<FieldRow> fields;
  std::vector<EnumRow> enums{};
};
struct MethodRow {
  std::string_view name;
  std::string_view input;
  std::string_view output;
  Streams streams = Streams::none;
};
struct FileRow {
  std::string_view name;
  std::string package;
  std::vector<MessageRow> messages;
  std::string_view service{};
  std::vector<MethodRow> methods{};
};

std::string json_name(std::string_view name) {
  std::string out;
  bool up = false;
  for (const char c : name) {
    if (c != '_') out += up ? static_cast<char>(c - 32) : c;
    up = c == '_';
  }
  return out;
}

std::string encoded(const MessageRow& message, const std::string& package) {
  std::string out;
  append_bytes(1, message.name, out);
  bool has_oneof = false;
  for (const FieldRow& field : message.fields) {
    std::string inner;
    append_bytes(1, field.name, inner);
    append_varint_field(3, field.number, inner);
    append_varint_field(4, static_cast<std::uint64_t>(field.label), inner);
    append_varint_field(5, static_cast<std::uint64_t>(field.type), inner);
    if (!field.type_name.empty()) append_bytes(6, "." + package + "." + std::string(field.type_name), inner);
    if (!field.oneof.empty()) {
      append_varint_field(9, 0, inner);
      has_oneof = true;
    }
    append_bytes(10, json_name(field.name), inner);
    append_bytes(2, inner, out);
  }
  for (const EnumRow& row : message.enums) {
    std::string inner;
    append_bytes(1, row.name, inner);
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      std::string value;
      append_bytes(1, row.values[i], value);
      append_varint_field(2, i, value);
      append_bytes(2, value, inner);
    }
    append_bytes(4, inner, out);
  }
  if (has_oneof) {
    std::string oneof;
    for (const FieldRow& field : message.fields) {
      if (field.oneof.empty()) continue;
      append_bytes(1, field.oneof, oneof);
      break;
    }
    append_bytes(8, oneof, out);
  }
  return out;
}

DescriptorFile encoded(const FileRow& file) {
  DescriptorFile out{.name = std::string(file.name), .symbols = {}, .descriptor = {}};
  append_bytes(1, file.name, out.descriptor);
  append_bytes(2, file.package, out.descriptor);
  for (const MessageRow& message : file.messages) {
    append_bytes(4, encoded(message, file.package), out.descriptor);
    const std::string full = file.package + '.' + std::string(message.name);
    out.symbols.push_back(full);
    for (const EnumRow& row : message.enums) out.symbols.push_back(full + '.' + std::string(row.name));
  }
  if (!file.service.empty()) {
    std::string service;
    append_bytes(1, file.service, service);
    const std::string full = file.package + '.' + std::string(file.service);
    out.symbols.push_back(full);
    for (const MethodRow& method : file.methods) {
      std::string inner;
      append_bytes(1, method.name, inner);
      append_bytes(2, "." + file.package + "." + std::string(method.input), inner);
      append_bytes(3, "." + file.package + "." + std::string(method.output), inner);
      if (method.streams == Streams::both) append_varint_field(5, 1, inner);
      if (method.streams != Streams::none) append_varint_field(6, 1, inner);
      append_bytes(2, inner, service);
      out.symbols.push_back(full + '.' + std::string(method.name));
    }
    append_bytes(6, service, out.descriptor);
  }
  append_bytes(12, "proto3", out.descriptor);
  return out;
}

// https://github.com/grpc/grpc/blob/master/doc/health-checking.md
FileRow health_file() {
  return {.name = "grpc/health/v1/health.proto",
          .package = "grpc.health.v1",
          .messages = {{"HealthCheckRequest", {{"service", 1, FieldType::string}}},
                       {"HealthCheckResponse",
                        {{"status", 1, FieldType::enumeration, "HealthCheckResponse.ServingStatus"}},
                        {{"ServingStatus", {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"}}}}},
          .service = "Health",
          .methods = {{"Check", "HealthCheckRequest", "HealthCheckResponse"},
                      {"Watch", "HealthCheckRequest", "HealthCheckResponse", Streams::replies}}};
}

// https://github.com/grpc/grpc-proto/tree/master/grpc/reflection
FileRow reflection_file(std::string_view name, std::string package) {
  constexpr std::string_view ask = "message_request";
  constexpr std::string_view answer = "message_response";
  return {
      .name = name,
      .package = std::move(package),
      .messages =
          {{"ServerReflectionRequest",
            {{"host", 1, FieldType::string},
             {"file_by_filename", 3, FieldType::string, {}, Label::one, ask},
             {"file_containing_symbol", 4, FieldType::string, {}, Label::one, ask},
             {"file_containing_extension", 5, FieldType::message, "ExtensionRequest", Label::one, ask},
             {"all_extension_numbers_of_type", 6, FieldType::string, {}, Label::one, ask},
             {"list_services", 7, FieldType::string, {}, Label::one, ask}}},
           {"ExtensionRequest", {{"containing_type", 1, FieldType::string}, {"extension_number", 2, FieldType::int32}}},
           {"ServerReflectionResponse",
            {{"valid_host", 1, FieldType::string},
             {"original_request", 2, FieldType::message, "ServerReflectionRequest"},
             {"file_descriptor_response", 4, FieldType::message, "FileDescriptorResponse", Label::one, answer},
             {"all_extension_numbers_response", 5, FieldType::message, "ExtensionNumberResponse", Label::one, answer},
             {"list_services_response", 6, FieldType::message, "ListServiceResponse", Label::one, answer},
             {"error_response", 7, FieldType::message, "ErrorResponse", Label::one, answer}}},
           {"FileDescriptorResponse", {{"file_descriptor_proto", 1, FieldType::bytes, {}, Label::repeated}}},
           {"ExtensionNumberResponse",
            {{"base_type_name", 1, FieldType::string}, {"extension_number", 2, FieldType::int32, {}, Label::repeated}}},
           {"ListServiceResponse", {{"service", 1, FieldType::message, "ServiceResponse", Label::repeated}}},
           {"ServiceResponse", {{"name", 1, FieldType::string}}},
           {"ErrorResponse", {{"error_code", 1, FieldType::int32}, {"error_message", 2, FieldType::string}}}},
      .service = "ServerReflection",
      .methods = {{"ServerReflectionInfo", "ServerReflectionRequest", "ServerReflectionResponse", Streams::both}}};
}

}  // namespace

const std::vector<DescriptorFile>& builtin_files() {
  static const std::vector<DescriptorFile> files{
      encoded({.name = "google/protobuf/empty.proto", .package = "google.protobuf", .messages = {{"Empty", {}}}}),
      encoded({.name = "google/protobuf/timestamp.proto",
               .package = "google.protobuf",
               .messages = {{"Timestamp", {{"seconds", 1, FieldType::int64}, {"nanos", 2, FieldType::int32}}}}}),
      encoded(health_file()), encoded(reflection_file("grpc/reflection/v1/reflection.proto", "grpc.reflection.v1")),
      encoded(reflection_file("grpc/reflection/v1alpha/reflection.proto", "grpc.reflection.v1alpha"))};
  return files;
}

}  // namespace ashlar::grpc::detail
