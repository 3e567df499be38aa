// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/process.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::test {

// A mail as the server took it over.
struct ReceivedMail {
  std::string from;
  std::string to;
  std::string user;     // that signed in; empty: anonymous
  std::string hello;    // the name of EHLO
  std::string message;  // its bytes
  int peer = 0;         // the port of the client's connection
  bool tls = false;
};

// A real SMTP server (Debian's python3-aiosmtpd) on a free port of 127.0.0.1; see smtp_server.py for its options and
// for the recipients that it refuses.
class SmtpServerProcess {
 public:
  explicit SmtpServerProcess(const std::vector<std::string>& options = {});

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Those that were taken over, or refused after their content. Waits until there are that many.
  [[nodiscard]] std::vector<ReceivedMail> mails(std::size_t at_least = 0);

 private:
  TemporaryFolder folder_;
  Process process_;
  std::uint16_t port_ = 0;
};

}  // namespace ashlar::test
