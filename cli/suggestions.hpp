// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace ashlar::cli {

// The known word that a mistyped one probably means: with at most two letters missing, added, replaced or swapped, and
// fewer than half of the word. Empty when there is none.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> known);

// The first command or option of the arguments (without the program's name) that does not exist, with a suggestion;
// empty when all exist.
[[nodiscard]] std::string unknown_argument(const CLI::App& app, std::span<const std::string> arguments);

// The variables of .env.example, from the build.
[[nodiscard]] std::span<const std::string> known_variables();
// A line for each variable of a .env file that is not known but resembles a known one. Other unknown variables may be
// for other programs.
[[nodiscard]] std::vector<std::string> mistyped_variables(const std::string& dot_env);

}  // namespace ashlar::cli
