// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::grpc::detail {

// A .proto file that is not made from operations, as reflection shows it.
struct DescriptorFile {
  std::string name;                  // "grpc/health/v1/health.proto"
  std::vector<std::string> symbols;  // of services, methods and messages, with the package
  std::string descriptor;            // google.protobuf.FileDescriptorProto, encoded
};

// Of google.protobuf.Empty and Timestamp, grpc.health.v1, grpc.reflection.v1 and v1alpha.
[[nodiscard]] const std::vector<DescriptorFile>& builtin_files();

inline constexpr std::string_view health_service = "grpc.health.v1.Health";
inline constexpr std::string_view reflection_service = "grpc.reflection.v1.ServerReflection";
inline constexpr std::string_view reflection_alpha_service = "grpc.reflection.v1alpha.ServerReflection";

}  // namespace ashlar::grpc::detail
