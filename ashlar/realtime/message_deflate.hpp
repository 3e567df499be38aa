// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// permessage-deflate (RFC 7692) without context takeover in either direction. So a message that goes to many clients is
// compressed once, and a connection keeps no window: one deflater and one inflater serve all connections of a loop.
namespace ashlar::realtime {

struct DeflateOptions {
  int level = 3;                            // of zlib: 1 is fast, 9 small
  std::size_t compressed_from_bytes = 512;  // smaller messages are sent uncompressed
};

// Not thread-safe. About 270 kB.
class MessageDeflater {
 public:
  explicit MessageDeflater(DeflateOptions options = {});
  ~MessageDeflater();
  MessageDeflater(const MessageDeflater&) = delete;
  MessageDeflater& operator=(const MessageDeflater&) = delete;

  // The payload of a frame with RSV1; nullopt when the message is small or does not get smaller.
  [[nodiscard]] std::optional<std::string> deflate(std::string_view message);

 private:
  struct Stream;
  const DeflateOptions options_;
  std::unique_ptr<Stream> stream_;
};

// Not thread-safe. About 45 kB.
class MessageInflater {
 public:
  MessageInflater();
  ~MessageInflater();
  MessageInflater(const MessageInflater&) = delete;
  MessageInflater& operator=(const MessageInflater&) = delete;

  enum class Outcome : std::uint8_t { inflated, malformed, too_big };
  // Replaces `out` with the message. too_big: it is longer than `bytes_max`; no more memory than that is used.
  [[nodiscard]] Outcome inflate(std::string_view payload, std::size_t bytes_max, std::string& out);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace ashlar::realtime
