// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/redis/clients.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::redis {

// A Lua script: several commands as one atomic step with one reply. It is called by its hash; the text is sent only to
// a server that does not know it.
class Script {
 public:
  explicit Script(std::string text);

  [[nodiscard]] const std::string& sha1() const { return sha1_; }
  // Like Clients::command. The script outlives the task.
  Task<Result<Reply>> run(Clients& clients, std::vector<std::string> keys, std::vector<std::string> arguments) const;

 private:
  std::string text_;
  std::string sha1_;
};

}  // namespace ashlar::redis
