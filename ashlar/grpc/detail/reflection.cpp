// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/detail/reflection.hpp"

#include "ashlar/grpc/detail/wire.hpp"
#include "ashlar/grpc/status.hpp"

#include <algorithm>

namespace ashlar::grpc::detail {

namespace {

// Of ServerReflectionRequest.
enum Ask : std::uint32_t { by_name = 3, by_symbol = 4, by_extension = 5, extension_numbers = 6, list_services = 7 };

}  // namespace

Reflection::Reflection(const Proto& proto) : files_(builtin_files()) {
  DescriptorFile own{.name = proto.file_name(), .symbols = {}, .descriptor = proto.descriptor()};
  for (const Service& service : proto.services()) {
    services_.push_back(service.name);
    own.symbols.push_back(service.name);
    for (const Method& method : service.methods) own.symbols.push_back(service.name + '.' + method.name);
  }
  for (const auto& message : proto.messages()) own.symbols.push_back(proto.package() + '.' + message->name);
  files_.push_back(std::move(own));
  for (const std::string_view name : {health_service, reflection_service, reflection_alpha_service})
    services_.emplace_back(name);
}

// A field belongs to the file of its message.
const DescriptorFile* Reflection::file_of(std::string_view symbol) const {
  for (const DescriptorFile& file : files_) {
    if (std::ranges::find(file.symbols, symbol) != file.symbols.end()) return &file;
  }
  const std::size_t dot = symbol.rfind('.');
  return dot == symbol.npos ? nullptr : file_of(symbol.substr(0, dot));
}

Result<std::string> Reflection::answer(std::string_view request) const {
  WireReader reader(request);
  WireField wire;
  std::string_view host;
  WireField asked;
  while (reader.next(wire)) {
    if (wire.type != WireType::bytes) continue;
    if (wire.field == 1) host = wire.bytes;
    if (wire.field >= by_name && wire.field <= list_services) asked = wire;
  }
  if (reader.malformed()) return fail(errors::malformed_frame, "The message is no protobuf.");
  std::string out;
  append_bytes(1, host, out);
  append_bytes(2, request, out);
  const DescriptorFile* file = nullptr;
  if (asked.field == by_name) {
    const auto found = std::ranges::find(files_, asked.bytes, &DescriptorFile::name);
    if (found != files_.end()) file = &*found;
  }
  if (asked.field == by_symbol) file = file_of(asked.bytes);
  std::string inner;
  if (asked.field == list_services) {
    for (const std::string& name : services_) {
      std::string service;
      append_bytes(1, name, service);
      append_bytes(1, service, inner);
    }
    append_bytes(6, inner, out);
  } else if (file != nullptr) {
    append_bytes(1, file->descriptor, inner);
    append_bytes(4, inner, out);
  } else {
    const bool unknown_question = asked.field == 0;  // proto3 has no extensions
    append_varint_field(1, static_cast<std::uint64_t>(unknown_question ? Status::invalid_argument : Status::not_found),
                        inner);
    append_bytes(2, unknown_question ? "The request asks nothing." : "There is no such file or symbol.", inner);
    append_bytes(7, inner, out);
  }
  return out;
}

}  // namespace ashlar::grpc::detail
