// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// Structured logs: one line per event, as JSON or as coloured text for a terminal.
//
// The caller formats a line into a buffer of its thread. The log's own thread writes the lines in batches through
// spdlog's sinks. The caller never waits for a disk, and the writer sleeps while there is nothing to write. Lines at
// `error` and above are passed on immediately, the others within `flush_interval`. When the writer falls behind by more
// than `buffered_bytes_max`, lines below `error` are dropped and their number is logged. Security events are never
// dropped: when the writer is behind by three times as many bytes, their caller waits until it has caught up. Lines
// that are buffered when the process is killed or crashes by a signal are lost. Lines of several threads are ordered by
// time within a batch, not between batches.
namespace ashlar::log {

enum class Level : std::uint8_t { trace, debug, info, warn, error, fatal, off };
[[nodiscard]] std::string_view to_string(Level level);
[[nodiscard]] std::optional<Level> level_of(std::string_view name);

// One member of a log line. Views: valid for the call only.
struct Attribute {
  enum class Kind : std::uint8_t { text, integer, unsigned_integer, number, boolean } kind;
  std::string_view key;
  std::string_view text{};
  std::int64_t integer = 0;  // the same bits when unsigned
  double number = 0;

  Attribute(std::string_view k, std::string_view v) : kind(Kind::text), key(k), text(v) {}
  Attribute(std::string_view k, const char* v) : kind(Kind::text), key(k), text(v == nullptr ? "" : v) {}
  Attribute(std::string_view k, const std::string& v) : kind(Kind::text), key(k), text(v) {}
  template <class T>
    requires std::is_integral_v<T>
  Attribute(std::string_view k, T v)
      : kind(std::is_same_v<T, bool> ? Kind::boolean
             : std::is_unsigned_v<T> ? Kind::unsigned_integer
                                     : Kind::integer),
        key(k),
        integer(static_cast<std::int64_t>(v)) {}
  Attribute(std::string_view k, double v) : kind(Kind::number), key(k), number(v) {}
};

enum class Style : std::uint8_t { json, pretty };

struct LogOptions {
  Level level = Level::info;
  Level security_level = Level::info;  // of security events, instead of `level`
  Style style = Style::json;           // of the console; files are always JSON
  enum class Console : std::uint8_t { standard_output, standard_error, none } console = Console::standard_output;
  std::string file{};                             // empty: no file; JSON lines, rotated, created with mode 0640
  std::string error_file{};                       // empty: none; receives a copy of the lines at `error` and above
  std::size_t file_bytes_max = 64 * 1024 * 1024;  // the file is rotated at this size
  std::size_t files_kept_max = 5;
  std::size_t buffered_bytes_max = 16 * 1024 * 1024;  // twice as many for `error` and above, thrice for security events
  std::size_t text_bytes_max = 8 * 1024;              // of a message or a value; a longer one is truncated and marked
  std::chrono::milliseconds flush_interval{100};
  // Attributes whose value is replaced by "[redacted]": a name, which also matches the last segment of a longer one
  // ("user.password"), or a path with * for any one segment ("headers.*"). accessToken, AccessToken, access_token and
  // access-token are the same name here.
  std::vector<std::string> redact = {"password",     "passwd", "pwd",         "passphrase",    "secret",
                                     "clientSecret", "token",  "accessToken", "refreshToken",  "idToken",
                                     "jwt",          "auth",   "session",     "authorization", "cookie",
                                     "setCookie",    "apiKey", "privateKey",  "signature"};
};

// A log. Safe from any thread; outlives all users of it. The destructor writes what is buffered. Several logs may exist
// at once. A full disk loses lines, is reported on standard error, and stops nothing else.
class Logger {
 public:
  // Throws std::runtime_error when a file cannot be opened.
  Logger(LogOptions options, const Clock& clock);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  [[nodiscard]] bool enabled(Level level) const { return level >= level_.load(std::memory_order_relaxed); }
  [[nodiscard]] Level level() const { return level_.load(std::memory_order_relaxed); }
  void set_level(Level level) { level_.store(level, std::memory_order_relaxed); }

  // {"time":"...","level":"info","message":...,<attributes>}. Invalid UTF-8 is replaced. No value can end the line,
  // move a terminal's cursor or change the direction of text. An attribute with one of these three names gets a
  // trailing "_".
  void write(Level level, std::string_view message, std::span<const Attribute> attributes);
  void write(Level level, std::string_view message, std::initializer_list<Attribute> attributes = {}) {
    if (enabled(level)) write(level, message, std::span(attributes.begin(), attributes.size()));
  }
  void debug(std::string_view message, std::initializer_list<Attribute> a = {}) { write(Level::debug, message, a); }
  void info(std::string_view message, std::initializer_list<Attribute> a = {}) { write(Level::info, message, a); }
  void warn(std::string_view message, std::initializer_list<Attribute> a = {}) { write(Level::warn, message, a); }
  void error(std::string_view message, std::initializer_list<Attribute> a = {}) { write(Level::error, message, a); }

  // A security event: a sign-in, a refusal, a changed permission. Its line carries "channel":"security" and is written
  // from `security_level` on, independent of the log's level unless that is `off`. May block until the writer has
  // caught up: do not use it for events that an anonymous client can cause without a limit.
  void security(Level level, std::string_view message, std::span<const Attribute> attributes);
  void security(Level level, std::string_view message, std::initializer_list<Attribute> attributes = {}) {
    security(level, message, std::span(attributes.begin(), attributes.size()));
  }

  void flush();  // returns when every line written before was passed to the operating system

 private:
  struct State;
  std::atomic<Level> level_;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::log
