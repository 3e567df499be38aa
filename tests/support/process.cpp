// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace ashlar::test {

namespace {

constexpr std::chrono::seconds wait_max{60};

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> out;
  for (const char* kept : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"})
    if (const char* value = std::getenv(kept)) out.push_back(std::string(kept) + "=" + value);
  if (!command.folder.empty()) out.push_back("TMPDIR=" + command.folder.string());
  for (const auto& [name, value] : command.variables) out.push_back(name + "=" + value);
  return out;
}

}  // namespace

struct Process::State {
  pid_t pid = -1;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::string out, err;
  bool reaped = false;
  bool ended = false;  // and everything it wrote was read
  int exit_code = 0;
  std::thread out_reader, err_reader, waiter;

  void read(int descriptor, std::string& into) {
    std::array<char, 4096> buffer;
    for (ssize_t got = 0;
         (got = ::read(descriptor, buffer.data(), buffer.size())) > 0 || (got < 0 && errno == EINTR);) {
      const std::lock_guard lock(mutex);
      if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
      changed.notify_all();
    }
    ::close(descriptor);
  }

  void await_end() {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    int status = 0;
    {
      const std::lock_guard lock(mutex);  // no signal goes to a number that may be another process's already
      ::waitpid(pid, &status, 0);
      reaped = true;
    }
    out_reader.join();
    err_reader.join();
    const std::lock_guard lock(mutex);
    ended = true;
    exit_code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    changed.notify_all();
  }

  [[nodiscard]] std::string written() const { return "\nstandard output:\n" + out + "\nstandard error:\n" + err; }
};

Process::Process(const Command& command) : state_(std::make_unique<State>()) {
  Pipe in, out, err;
  std::vector<std::string> words = command.words;
  std::vector<std::string> variables = environment_of(command);
  const auto arguments = pointers(words);
  const auto environment = pointers(variables);
  const std::string folder = command.folder.string();
  state_->pid = ::fork();
  if (state_->pid < 0) fail("fork");
  if (state_->pid == 0) {
    ::dup2(in.ends[0], 0);
    ::dup2(out.ends[1], 1);
    ::dup2(err.ends[1], 2);
    if (command.inherited == 3) ::fcntl(3, F_SETFD, 0);
    if (command.inherited > 3) ::dup2(command.inherited, 3);
    if (::chdir(folder.c_str()) == 0) ::execve(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
  }
  const std::string& input = command.standard_input;  // short: it fits the pipe
  if (::write(in.ends[1], input.data(), input.size()) != static_cast<ssize_t>(input.size())) fail("write");
  for (const int descriptor : {in.ends[0], in.ends[1], out.ends[1], err.ends[1]}) ::close(descriptor);
  state_->out_reader = std::thread([this, fd = out.ends[0]] { state_->read(fd, state_->out); });
  state_->err_reader = std::thread([this, fd = err.ends[0]] { state_->read(fd, state_->err); });
  state_->waiter = std::thread([this] { state_->await_end(); });
}

Process::~Process() {
  signal(SIGKILL);
  state_->waiter.join();
}

void Process::wait_for(const std::string& text) {
  std::unique_lock lock(state_->mutex);
  const auto there = [&] { return state_->out.contains(text) || state_->err.contains(text); };
  state_->changed.wait_for(lock, wait_max, [&] { return there() || state_->ended; });
  if (!there()) throw std::runtime_error("\"" + text + "\" was never written" + state_->written());
}

void Process::signal(int number) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->reaped) ::kill(state_->pid, number);
}

int Process::wait() {
  std::unique_lock lock(state_->mutex);
  if (!state_->changed.wait_for(lock, wait_max, [&] { return state_->ended; }))
    throw std::runtime_error("the program does not end" + state_->written());
  return state_->exit_code;
}

std::string Process::out() const {
  const std::lock_guard lock(state_->mutex);
  return state_->out;
}

std::string Process::err() const {
  const std::lock_guard lock(state_->mutex);
  return state_->err;
}

Finished run(const Command& command) {
  Process process(command);
  const int exit_code = process.wait();
  return {.exit_code = exit_code, .out = process.out(), .err = process.err()};
}

}  // namespace ashlar::test
