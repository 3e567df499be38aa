// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/test_client.hpp"
#include "tests/support/process.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ashlar::test {

// A headless Chromium with one page, driven over the DevTools protocol (--remote-debugging-pipe: JSON texts that end in
// NUL). Waiting longer than 60 s is a std::runtime_error.
class Chromium {
 public:
  // Nullopt: not installed on this machine.
  [[nodiscard]] static std::optional<std::string> find();

  explicit Chromium(const std::string& program);
  ~Chromium();
  Chromium(const Chromium&) = delete;
  Chromium& operator=(const Chromium&) = delete;

  // A command to the page; `parameters` is a JSON object. The body is its answer: {"result": ...} or {"error": ...}.
  web::TestReply command(const std::string& method, const std::string& parameters = "{}");
  // Returns when the page has loaded.
  void open(const std::string& url);
  // The value of an expression, or of the promise that it is, as JSON. Throws std::runtime_error when it throws.
  std::string evaluate(const std::string& expression);

 private:
  void send(const std::string& text);
  std::string receive();

  TemporaryFolder folder_;
  int pipe_ = -1;
  std::optional<Process> process_;
  std::string session_;
  std::string unread_;
  std::int64_t last_id_ = 0;
};

}  // namespace ashlar::test
