// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/json.hpp"

#include <string_view>

namespace ashlar::schema {

// As read_json(), but an integer may also be a string of digits, as the JSON of protobuf writes those of 64 bits
// (https://protobuf.dev/programming-guides/json/).
Result<> read_protobuf_json(std::string_view json, const Type& type, void* value, const ReadOptions& options = {});

}  // namespace ashlar::schema
