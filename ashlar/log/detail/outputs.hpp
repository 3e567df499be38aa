// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/log/detail/line_buffer.hpp"
#include "ashlar/log/detail/line_format.hpp"
#include "ashlar/log/logger.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spdlog::sinks {
class sink;
}

namespace ashlar::log::detail {

// The destinations of lines: console, file, error file. Used by the writer thread alone. Lines are joined and passed to
// a sink in pieces of whole lines, so that a file is rotated between two lines.
class Outputs {
 public:
  explicit Outputs(const LogOptions& options);  // throws std::runtime_error when a file cannot be opened
  ~Outputs();
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  // The style in which a line must be formatted. Pretty is for the console only.
  [[nodiscard]] bool wants_json() const { return wants_json_; }
  [[nodiscard]] bool wants_pretty() const { return wants_pretty_; }
  [[nodiscard]] Colour colour() const { return colour_; }

  void push(Level level, std::string_view json, std::string_view pretty);
  void flush();  // afterwards the operating system has every pushed line, or has refused it and it is lost

 private:
  struct Output {
    enum class Takes : std::uint8_t { json, pretty, json_errors } takes;
    std::shared_ptr<spdlog::sinks::sink> sink;
    std::string name;
    std::size_t piece_bytes_max;
    LineBuffer pending{};
    bool failed = false;
  };

  void add_file(const std::string& path, const LogOptions& options, Output::Takes takes);
  static void send(Output& output);

  std::vector<Output> outputs_;
  bool wants_json_ = false;
  bool wants_pretty_ = false;
  Colour colour_ = Colour::off;
};

}  // namespace ashlar::log::detail
