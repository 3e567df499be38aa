// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::config::detail {

struct DotEnvFault {
  std::size_t line;
  std::string message;  // never what stands there: it may be a secret
};

struct DotEnv {
  std::map<std::string, std::string> variables;
  std::vector<DotEnvFault> faults;
};

// Lines of NAME=value with `export` before them or not. A value is bare (blanks around it cut; ` #` begins a comment),
// 'literal', or "with \n \r \t \" \\ \$ escapes"; the quoted ones may go over several lines. Nothing is expanded.
[[nodiscard]] DotEnv parse_dot_env(std::string_view text);

}  // namespace ashlar::config::detail
