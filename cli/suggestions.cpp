// SPDX-License-Identifier: Apache-2.0
#include "cli/suggestions.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace ashlar::cli {
namespace {

constexpr std::size_t distance_max = 2;

// Optimal string alignment: the number of letters that are missing, added, replaced or swapped with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::string sentence(std::string_view kind, std::string_view word, std::span<const std::string> known) {
  const std::string near = nearest(word, known);
  return "There is no " + std::string(kind) + " " + std::string(word.substr(0, 100)) + "." +
         (near.empty() ? "" : " Did you mean " + near + "?");
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> known) {
  std::string_view best;
  std::size_t best_distance = std::min(distance_max, (word.size() - (word.empty() ? 0 : 1)) / 2) + 1;
  for (const std::string& each : known) {
    const std::size_t longer = std::max(each.size(), word.size());
    if (longer - std::min(each.size(), word.size()) > distance_max) continue;
    const std::size_t found = distance(word, each);
    if (found >= best_distance) continue;
    best_distance = found;
    best = each;
  }
  return std::string(best);
}

std::string unknown_argument(const CLI::App& app, std::span<const std::string> arguments) {
  const CLI::App* at = &app;
  for (const std::string& argument : arguments) {
    std::vector<std::string> commands;
    for (const CLI::App* each : at->get_subcommands([](const CLI::App*) { return true; }))
      commands.push_back(each->get_name());
    if (argument.starts_with("--") && argument.size() > 2) {
      std::vector<std::string> options;
      for (const CLI::Option* each : at->get_options())
        for (const std::string& name : each->get_lnames()) options.push_back("--" + name);
      const std::string name = argument.substr(0, argument.find('='));
      if (std::ranges::find(options, name) == options.end()) return sentence("option", name, options);
    } else if (!argument.starts_with('-') && !commands.empty()) {
      const auto found = std::ranges::find(commands, argument);
      if (found == commands.end()) return sentence("command", argument, commands);
      at = at->get_subcommand(argument);
    }
  }
  return {};
}

std::vector<std::string> mistyped_variables(const std::string& dot_env) {
  std::vector<std::string> out;
  std::istringstream lines(dot_env);
  for (std::string line; std::getline(lines, line);) {
    std::string_view name = line;
    if (name.starts_with("export ")) name.remove_prefix(7);
    name = name.substr(0, name.find('='));
    if (name.size() == line.size() || std::ranges::find(known_variables(), name) != known_variables().end()) continue;
    if (const std::string near = nearest(name, known_variables()); !near.empty())
      out.push_back("There is no variable " + std::string(name) + ". Did you mean " + near + "?");
  }
  return out;
}

}  // namespace ashlar::cli
