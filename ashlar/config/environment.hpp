// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Typed configuration from the environment and .env files. All faults are collected and reported together:
//
//   config::Environment env = config::Environment::of_process(".env");
//   settings.port = env.port("PORT", 3000);
//   settings.jwt_secret = env.secret("JWT_SECRET", {.bytes_min = 32, .need = need});
//   if (!env.faults().empty()) { print(env.report()); return 78; }   // EX_CONFIG of sysexits.h
//
// A report names the variable, what was expected, and what was found, but never the value of a secret.
namespace ashlar::config {

struct ConfigFault {
  std::string variable;
  std::string message;  // "expected a whole number from 0 to 65535, found \"80a\""
};

enum class Need : std::uint8_t { optional, required };

class Environment {
 public:
  // The process's variables override the file's. A missing file is not a fault; a file that cannot be parsed is one
  // (reported by line, never by content). Syntax: NAME=value, `export NAME=value`, # comments, 'literal', "with
  //  \r \t \" \\ \$ escapes"; quoted values may span several lines. Variables are not expanded: $HOME stays $HOME. A
  // name set twice is a fault. At most 1 MiB.
  static Environment of_process(const std::string& dot_env_file);
  explicit Environment(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {}

  // Each function reads one variable. If its value is invalid, the function records a fault and returns the fallback.
  // An empty value counts as absent.
  std::string text(std::string_view name, std::string fallback, std::size_t bytes_max = 4096);
  struct SecretRule {
    std::size_t bytes_min = 1;
    Need need = Need::optional;
  };
  std::optional<std::string> secret(std::string_view name, SecretRule rule);
  std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t min, std::int64_t max);
  std::uint16_t port(std::string_view name, std::uint16_t fallback);
  // `90s`, `15m`, `12h`, `7d`, `250ms`.
  std::chrono::milliseconds duration(std::string_view name, std::chrono::milliseconds fallback,
                                     std::chrono::milliseconds min, std::chrono::milliseconds max);
  std::string one_of(std::string_view name, std::string fallback, std::span<const std::string_view> allowed);
  std::vector<std::string> list(std::string_view name);  // comma-separated; blanks are trimmed, empty items dropped
  // A URL with one of the schemes ("postgresql", "sqlite"), a port in range and no blanks. The report hides the part
  // between // and @, and the query.
  std::string url(std::string_view name, std::string fallback, std::span<const std::string_view> schemes);
  // The names of the variables that are set, begin with `prefix` and end with `suffix`, sorted: for repeated settings
  // such as OIDC_<NAME>_ISSUER.
  [[nodiscard]] std::vector<std::string> names(std::string_view prefix, std::string_view suffix) const;
  // The value unchecked; nullopt when it is absent or empty.
  [[nodiscard]] std::optional<std::string> raw(std::string_view name) const;

  void fault(std::string variable, std::string message) {
    faults_.push_back({std::move(variable), std::move(message)});
  }
  [[nodiscard]] const std::vector<ConfigFault>& faults() const { return faults_; }
  [[nodiscard]] std::string report() const;  // every fault, one per line, for standard error

 private:
  std::map<std::string, std::string> variables_;
  std::vector<ConfigFault> faults_;
};

inline constexpr int exit_code_config = 78;  // EX_CONFIG

}  // namespace ashlar::config
