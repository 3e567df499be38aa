// SPDX-License-Identifier: Apache-2.0
// A request's body of gRPC: its frame, gzip, and the message. What was read is written and read again as the same; a
// frame is taken alike however its bytes were cut; nothing grows past its limit. The first byte chooses: 0 a message
// alone, 1 a frame with a message, 2 gzip, 3 gRPC-Web's base64.
#include "ashlar/grpc/detail/framing.hpp"
#include "ashlar/grpc/detail/message_codec.hpp"
#include "ashlar/grpc/detail/test_operations.hpp"
#include "fuzz/fuzz.hpp"

namespace ashlar::grpc::detail {
namespace {

constexpr std::size_t message_bytes_max = 10'000;

std::string written(const Message& message, const Thing& value) {
  std::string out;
  write_message(message, &value, out);
  return out;
}

void read(std::string_view bytes) {
  static test::Operations operations;
  static const Message& thing = operations.message("Thing");
  Thing value;
  const auto read = read_message(bytes, thing, &value, {.array_items_max = 100});
  if (!read) {
    if (read.error().faults().size() > 100) fuzz::broken("faults have their limit");
    return;
  }
  const std::string once = written(thing, value);
  Thing again;
  if (!read_message(once, thing, &again)) fuzz::broken("what was written can be read");
  fuzz::require_same(once, written(thing, again), "a value comes back the same");
  std::string json;
  write_json(thing, &value, json);
}

void read_frames(std::string_view bytes) {
  std::string whole;
  std::string_view rest = bytes;
  while (true) {
    const auto frame = take_frame(rest, message_bytes_max);
    if (!frame || !*frame) break;
    if ((*frame)->message.size() > message_bytes_max) fuzz::broken("a message has its limit");
    append_frame((*frame)->flags, (*frame)->message, whole);
  }
  fuzz::require_same(whole, bytes.substr(0, bytes.size() - rest.size()), "frames come back the same");
  if (const auto only = only_frame(bytes, message_bytes_max)) read(only->message);
}

}  // namespace
}  // namespace ashlar::grpc::detail

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar;
  using namespace ashlar::grpc::detail;
  if (size == 0) return 0;
  const std::vector<std::uint8_t> own(data + 1, data + size);
  const std::string_view bytes = fuzz::text(own.data(), own.size());
  switch (data[0] & 3U) {
    case 0:
      read(bytes);
      break;
    case 1:
      read_frames(bytes);
      break;
    case 2:
      if (const auto plain = gunzip(bytes, message_bytes_max)) {
        if (plain->size() > message_bytes_max) fuzz::broken("what is decompressed has its limit");
        if (gunzip(gzip(*plain), message_bytes_max) != *plain) fuzz::broken("gzip comes back the same");
        read(*plain);
      }
      break;
    default:
      if (const auto plain = from_base64_texts(bytes)) read_frames(*plain);
  }
  return 0;
}
