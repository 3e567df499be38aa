// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/redis/client.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;

namespace ashlar::redis::detail {

// hiredis's RESP2 reader with a limit on the size of a reply.
class ReplyReader {
 public:
  explicit ReplyReader(std::size_t reply_bytes_max);
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  void feed(std::string_view bytes);
  // The next complete reply; nullopt: more bytes are needed. Error redis.unavailable: the bytes are not RESP, or too
  // many.
  Result<std::optional<Reply>> next();

 private:
  redisReader* reader_;
  std::size_t reply_bytes_max_;
  std::size_t bytes_ = 0;  // since the last reply
};

// A command as RESP: an array of bulk strings.
void append_command(std::string& out, const std::vector<std::string>& words);

}  // namespace ashlar::redis::detail
