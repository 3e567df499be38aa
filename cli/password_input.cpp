// SPDX-License-Identifier: Apache-2.0
#include "cli/password_input.hpp"

#include "cli/command_context.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <string>

namespace ashlar::cli {

namespace {

// Turns the terminal's echo off, until it is destroyed.
class Unseen {
 public:
  Unseen() {
    tcgetattr(STDIN_FILENO, &before_);
    termios unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
  }
  ~Unseen() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
};

std::string ask(const char* prompt) {
  std::cerr << prompt << std::flush;
  std::string line;
  {
    const Unseen unseen;
    std::getline(std::cin, line);
  }
  std::cerr << '\n';
  return line;
}

}  // namespace

Password read_password() {
  std::string line;
  if (isatty(STDIN_FILENO) == 1) {
    line = ask("Password: ");
    if (ask("Again: ") != line) throw ExitError(exit_failed, "the two passwords differ.");
  } else {
    std::getline(std::cin, line);
  }
  auto password = Password::parse(line);
  if (!password) throw ExitError(exit_failed, "the password " + password.error().message + ".");
  return std::move(*password);
}

}  // namespace ashlar::cli
