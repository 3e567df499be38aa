// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/operation.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/grpc/proto.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// Reads protobuf into described values and writes them, and writes protobuf's JSON. There is no message in between.
namespace ashlar::grpc {

namespace errors {
inline constexpr ErrorCode malformed_protobuf{ErrorKind::malformed, "request.malformed_protobuf"};
}  // namespace errors

namespace detail {

struct ReadLimits {
  std::size_t depth_max = 32;            // nested messages
  std::size_t array_items_max = 10'000;  // of arrays that state no limit of their own
  std::size_t faults_max = 100;
};

// Reads into `value`, a default-constructed object of the message's struct. As proto3 says: unknown fields and fields
// of another wire type are skipped, the last of several scalars counts, several messages of one field are merged,
// numbers may be packed or not. A scalar that is absent is zero or empty; if its type refuses that, the fault is
// `required`. Errors: request.malformed_protobuf for what is no protobuf, has ill-formed UTF-8 or is too deep;
// request.invalid with a JSON Pointer for each fault, as schema::read_json.
[[nodiscard]] Result<> read_message(std::string_view bytes, const Message& message, void* value,
                                    const ReadLimits& limits = {});

// Appends the encoded value: of an object or a choice. Passwords are absent.
void write_message(const Message& message, const void* value, std::string& out);
// The same as JSON (https://protobuf.dev/programming-guides/json/).
void write_json(const Message& message, const void* value, std::string& out);

// A reply, as the output of its method. Not of a stream.
void write_reply(const Message& message, const api::ReplyView& reply, std::string& out);
void write_reply_json(const Message& message, const api::ReplyView& reply, std::string& out);

}  // namespace detail
}  // namespace ashlar::grpc
