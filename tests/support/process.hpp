// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::test {

struct Command {
  std::vector<std::string> words;  // the program's path first
  std::filesystem::path folder;    // where it runs, and its TMPDIR
  // Its whole environment, except PATH and what sanitizers read.
  std::map<std::string, std::string> variables{};
  std::string standard_input{};
  int inherited = -1;  // a descriptor of ours that is its descriptor 3
};

// A running program. Destroying it kills it with SIGKILL. Waiting longer than 60 s is a std::runtime_error that shows
// what the program wrote.
class Process {
 public:
  explicit Process(const Command& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Until standard output or standard error holds the text. Throws when the program ends before.
  void wait_for(const std::string& text);
  void signal(int number);
  // The exit code; of one that a signal ended, the negative number of the signal.
  int wait();

  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct Finished {
  int exit_code = 0;
  std::string out;
  std::string err;
};
[[nodiscard]] Finished run(const Command& command);

}  // namespace ashlar::test
