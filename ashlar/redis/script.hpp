// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/redis/clients.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::redis {

// A Lua script: several commands as one step that nobody comes between, and one answer. The server keeps it by its
// hash, which is what is sent; the text goes only where a server does not know it.
class Script {
 public:
  explicit Script(std::string text);

  [[nodiscard]] const std::string& sha1() const { return sha1_; }
  // As Clients::command. The script outlives the task.
  Task<Result<Reply>> run(Clients& clients, std::vector<std::string> keys, std::vector<std::string> arguments) const;

 private:
  std::string text_;
  std::string sha1_;
};

}  // namespace ashlar::redis
