// SPDX-License-Identifier: Apache-2.0
#include "ashlar/log/detail/outputs.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace ashlar::log::detail {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

// https://no-color.org: a variable that is set and not empty.
bool refuses_colour() {
  const char* set = std::getenv("NO_COLOR");
  return set != nullptr && *set != '\0';
}

// Lines are already formatted; a sink writes them unchanged.
class Verbatim final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    out.append(message.payload.data(), message.payload.data() + message.payload.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<Verbatim>(); }
};

// Creates the file of a log if it is missing, for its owner and group only, minus the umask. The sink would make it
// readable for everyone. A failure here is repeated when the sink opens the file, which reports it.
void create_log_file(const std::string& path) {
  constexpr mode_t mode = 0640;
  std::error_code ignored;
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder, ignored);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, mode);  // it may be a pipe
  if (file >= 0) ::close(file);
}

}  // namespace

Outputs::Outputs(const LogOptions& options) {
  if (options.console != LogOptions::Console::none) {
    const bool to_output = options.console == LogOptions::Console::standard_output;
    const bool pretty = options.style == Style::pretty;
    std::shared_ptr<spdlog::sinks::sink> sink;
    if (to_output) {
      sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    }
    sink->set_formatter(std::make_unique<Verbatim>());
    outputs_.push_back({.takes = pretty ? Output::Takes::pretty : Output::Takes::json,
                        .sink = std::move(sink),
                        .name = to_output ? "standard output" : "standard error",
                        .piece_bytes_max = piece_bytes});
    if (pretty && isatty(to_output ? STDOUT_FILENO : STDERR_FILENO) == 1 && !refuses_colour()) colour_ = Colour::on;
  }
  if (!options.file.empty()) add_file(options.file, options, Output::Takes::json);
  if (!options.error_file.empty()) add_file(options.error_file, options, Output::Takes::json_errors);
  for (const Output& output : outputs_) (output.takes == Output::Takes::pretty ? wants_pretty_ : wants_json_) = true;
}

Outputs::~Outputs() = default;

void Outputs::add_file(const std::string& path, const LogOptions& options, Output::Takes takes) {
  try {
    spdlog::file_event_handlers handlers;
    handlers.before_open = create_log_file;
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_st>(path, options.file_bytes_max,
                                                                       options.files_kept_max, false, handlers);
    sink->set_formatter(std::make_unique<Verbatim>());
    outputs_.push_back({.takes = takes,
                        .sink = std::move(sink),
                        .name = path,
                        .piece_bytes_max = std::min(piece_bytes, options.file_bytes_max)});
  } catch (const spdlog::spdlog_ex& e) {
    throw std::runtime_error("The log file " + path + " cannot be opened: " + e.what());
  }
}

void Outputs::push(Level level, std::string_view json, std::string_view pretty) {
  for (Output& output : outputs_) {
    if (output.takes == Output::Takes::json_errors && level < Level::error) continue;
    const std::string_view line = output.takes == Output::Takes::pretty ? pretty : json;
    if (output.pending.size() > 0 && output.pending.size() + line.size() > output.piece_bytes_max) send(output);
    output.pending.append(line);
  }
}

void Outputs::send(Output& output) {
  try {
    output.sink->log({spdlog::string_view_t{}, spdlog::level::info,
                      spdlog::string_view_t{output.pending.view().data(), output.pending.size()}});
    output.failed = false;
  } catch (const std::exception& e) {
    // A full disk must not stop the program. It is reported once on standard error, until writing works again.
    if (!output.failed) {
      std::fprintf(stderr, "log: %s cannot be written, lines are lost: %s\n", output.name.c_str(), e.what());
    }
    output.failed = true;
  }
  output.pending.clear();
}

void Outputs::flush() {
  for (Output& output : outputs_) {
    if (output.pending.size() > 0) send(output);
    try {
      output.sink->flush();
    } catch (const std::exception&) {
      output.failed = true;
    }
  }
}

}  // namespace ashlar::log::detail
