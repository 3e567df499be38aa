// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/grpc/detail/builtin_files.hpp"
#include "ashlar/grpc/proto.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::grpc::detail {

// grpc.reflection.v1 and v1alpha, whose messages are the same. Immutable.
class Reflection {
 public:
  explicit Reflection(const Proto& proto);

  // The answer to one ServerReflectionRequest. Error: grpc.malformed_frame.
  [[nodiscard]] Result<std::string> answer(std::string_view request) const;

 private:
  [[nodiscard]] const DescriptorFile* file_of(std::string_view symbol) const;

  std::vector<DescriptorFile> files_;
  std::vector<std::string> services_;
};

}  // namespace ashlar::grpc::detail
