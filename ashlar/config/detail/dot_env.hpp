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
  std::string message;  // never quotes the file: the text may be a secret
};

struct DotEnv {
  std::map<std::string, std::string> variables;
  std::vector<DotEnvFault> faults;
};

// Lines of NAME=value, optionally preceded by `export`. A value is bare (surrounding blanks are removed; ` #` begins a
// comment), 'literal', or "with
//  \r \t \" \\ \$ escapes"; quoted values may span several lines. Variables are not expanded.
[[nodiscard]] DotEnv parse_dot_env(std::string_view text);

}  // namespace ashlar::config::detail
