// SPDX-License-Identifier: Apache-2.0
#include "ashlar/log/logger.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <latch>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::log {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LoggerTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // Nothing is written before flush() unless the writer is woken.
  [[nodiscard]] LogOptions to_file() const {
    LogOptions options;
    options.console = LogOptions::Console::none;
    options.file = path("app.log");
    options.flush_interval = std::chrono::hours(1);
    return options;
  }

  [[nodiscard]] std::vector<std::string> lines(const std::string& name = "app.log") const {
    std::ifstream in(path(name));
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }

  test::TemporaryFolder folder_;
  ManualClock clock_{Timestamp::parse("2026-11-21T08:30:00.125Z").value()};
};

// How often the thread of that name went to sleep.
long sleeps_of(const std::string& name) {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string comm, line;
    std::ifstream(task.path() / "comm") >> comm;
    if (comm != name) continue;
    std::ifstream status(task.path() / "status");
    const std::string before = "voluntary_ctxt_switches:";
    while (std::getline(status, line)) {
      if (line.starts_with(before)) return std::stol(line.substr(before.size()));
    }
  }
  throw std::runtime_error("no thread " + name);
}

TEST_F(LoggerTest, TheWriterSleepsWhileThereIsNothingToWrite) {
  LogOptions options = to_file();
  options.flush_interval = std::chrono::milliseconds(1);
  Logger log(options, clock_);
  for (int round = 0; round < 3; ++round) {
    log.info("a line");
    while (lines().size() != static_cast<std::size_t>(round) + 1) std::this_thread::yield();
    log.flush();
    log.flush();
    const long before = sleeps_of("log");
    const auto began = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - began < std::chrono::milliseconds(20)) std::this_thread::yield();
    EXPECT_LE(sleeps_of("log") - before, 2) << "it would have woken twenty times";
  }
}

TEST_F(LoggerTest, RefusesAFileThatCannotBeOpened) {
  LogOptions options = to_file();
  std::ofstream(path("taken")) << "a file";
  options.file = path("taken/app.log");
  try {
    const Logger log(options, clock_);
    FAIL() << "opened " << options.file;
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), HasSubstr(options.file));
  }
}

TEST_F(LoggerTest, CreatesFilesThatOthersCannotRead) {
  const mode_t before = umask(0);
  LogOptions options = to_file();
  options.file = path("folder/app.log");
  options.error_file = path("folder/error.log");
  options.file_bytes_max = 100;
  options.files_kept_max = 1;
  {
    Logger log(options, clock_);
    for (int i = 0; i < 3; ++i) log.error("a line long enough for a file of its own, with its time and its level");
  }
  umask(before);
  for (const std::string name : {"app.log", "app.1.log", "error.log", "error.1.log"}) {
    struct stat file{};
    ASSERT_EQ(stat(path("folder/" + name).c_str(), &file), 0) << name;
    EXPECT_EQ(file.st_mode & 0777, 0640U) << name;
  }
}

TEST_F(LoggerTest, WritesLinesOfItsLevelAndAbove) {
  Logger log(to_file(), clock_);
  log.debug("unseen");
  log.info("first", {{"n", 1}});
  log.set_level(Level::error);
  log.warn("unseen");
  log.write(Level::off, "unseen");
  clock_.advance(std::chrono::seconds(1));
  log.error("second");
  log.set_level(Level::trace);
  log.write(Level::trace, "third");
  log.flush();
  EXPECT_THAT(lines(), ElementsAre(R"({"time":"2026-11-21T08:30:00.125Z","level":"info","message":"first","n":1})",
                                   R"({"time":"2026-11-21T08:30:01.125Z","level":"error","message":"second"})",
                                   R"({"time":"2026-11-21T08:30:01.125Z","level":"trace","message":"third"})"));
}

TEST_F(LoggerTest, WritesErrorsToAFileOfTheirOwnAsWell) {
  LogOptions options = to_file();
  options.error_file = path("error.log");
  Logger log(options, clock_);
  log.info("fine");
  log.error("broken");
  log.write(Level::fatal, "gone");
  log.flush();
  EXPECT_EQ(lines().size(), 3U);
  EXPECT_THAT(lines("error.log"), ElementsAre(HasSubstr("broken"), HasSubstr("gone")));
}

TEST_F(LoggerTest, HandsErrorsOverWithoutBeingAsked) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  const int pipe = open(path("pipe").c_str(), O_RDWR);
  LogOptions options = to_file();
  options.file = path("pipe");
  {
    Logger log(options, clock_);
    log.error("broken");
    std::string text(4096, '\0');
    text.resize(static_cast<std::size_t>(read(pipe, text.data(), text.size())));  // waits for the line
    EXPECT_THAT(text, HasSubstr("broken"));
  }
  close(pipe);
}

TEST_F(LoggerTest, WritesWhatIsBufferedWhenItEnds) {
  {
    Logger log(to_file(), clock_);
    log.info("last words");
    EXPECT_THAT(lines(), IsEmpty());
  }
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("last words")));
}

TEST_F(LoggerTest, CountsWhatItDrops) {
  LogOptions options = to_file();
  options.buffered_bytes_max = 200;
  Logger log(options, clock_);
  const std::string text(150, 'x');
  log.info(text);
  log.info(text);  // over now
  for (int i = 0; i < 5; ++i) log.info("dropped");
  log.flush();
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("xxx"), HasSubstr(R"("level":"warn")")));
  EXPECT_THAT(lines().back(), HasSubstr(R"("dropped":6})"));
  log.info("room again");
  log.flush();
  EXPECT_THAT(lines().back(), HasSubstr("room again"));
}

TEST_F(LoggerTest, KeepsErrorsWhenItDropsTheRest) {
  LogOptions options = to_file();
  options.flush_interval = std::chrono::hours(1);
  options.buffered_bytes_max = 100;
  Logger log(options, clock_);
  log.info(std::string(60, 'x'));
  log.info("dropped");
  log.error("kept");
  log.flush();
  EXPECT_THAT(lines(), ::testing::Contains(HasSubstr("kept")));
}

TEST_F(LoggerTest, KeepsEverySecurityEvent) {
  constexpr int events = 200;
  LogOptions options = to_file();
  options.buffered_bytes_max = 1000;
  Logger log(options, clock_);
  for (int i = 0; i < events; ++i) {
    log.info(std::string(200, 'x'));
    log.security(Level::info, "signed in", {{"n", i}});
  }
  log.flush();
  int next = 0, dropped = 0;
  for (const std::string& line : lines()) {
    if (line.contains(R"("message":"signed in")"))
      EXPECT_THAT(line, HasSubstr(R"("channel":"security","n":)" + std::to_string(next++) + '}'));
    if (line.contains("were dropped")) ++dropped;
  }
  EXPECT_EQ(next, events);
  EXPECT_GT(dropped, 0) << "the test drops no line, so it shows nothing";
}

TEST_F(LoggerTest, SecurityEventsHaveALevelOfTheirOwn) {
  LogOptions options = to_file();
  options.level = Level::error;
  Logger log(options, clock_);
  log.info("unseen");
  log.security(Level::debug, "unseen");
  log.security(Level::info, "signed in");
  log.set_level(Level::off);
  log.security(Level::warn, "unseen");
  log.flush();
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("signed in")));
}

TEST_F(LoggerTest, KeepsTheSecurityEventsOfManyThreads) {
  constexpr int threads = 4, each = 500;
  LogOptions options = to_file();
  options.buffered_bytes_max = 500;
  {
    Logger log(options, clock_);
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
      running.emplace_back([&log] {
        for (int i = 0; i < each; ++i) log.security(Level::warn, "sign-in refused", {{"n", i}});
      });
    }
    for (std::thread& thread : running) thread.join();
  }
  EXPECT_EQ(lines().size(), std::size_t{threads} * each);
}

TEST_F(LoggerTest, RotatesBetweenLines) {
  LogOptions options = to_file();
  options.file_bytes_max = 1000;
  options.files_kept_max = 2;
  {
    Logger log(options, clock_);
    for (int i = 0; i < 100; ++i) log.info("line", {{"n", i}});
  }
  for (const std::string name : {"app.log", "app.1.log", "app.2.log"}) {
    EXPECT_LE(std::filesystem::file_size(path(name)), 1000U);
    for (const std::string& line : lines(name)) {
      EXPECT_EQ(line.front(), '{');
      EXPECT_EQ(line.back(), '}');
    }
  }
  EXPECT_FALSE(std::filesystem::exists(path("app.3.log")));
  EXPECT_THAT(lines().back(), HasSubstr(R"("n":99})"));
}

TEST_F(LoggerTest, KeepsTheLinesOfThreadsThatEnd) {
  Logger log(to_file(), clock_);
  for (int i = 0; i < 10; ++i) std::thread([&log, i] { log.info("from a thread", {{"n", i}}); }).join();
  log.flush();
  EXPECT_EQ(lines().size(), 10U);
}

TEST_F(LoggerTest, PutsTheLinesOfSeveralThreadsInTheOrderOfTheirTimes) {
  Logger log(to_file(), clock_);
  log.info("one");
  clock_.advance(std::chrono::milliseconds(1));
  std::thread([&log] { log.info("two"); }).join();
  clock_.advance(std::chrono::milliseconds(1));
  log.info("three");
  log.flush();
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("one"), HasSubstr("two"), HasSubstr("three")));
}

TEST_F(LoggerTest, LosesAndMixesNothingWithManyThreads) {
  constexpr int threads = 4, each = 2000;
  LogOptions options = to_file();
  options.flush_interval = std::chrono::milliseconds(1);
  {
    Logger log(options, clock_);
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
      running.emplace_back([&log, t] {
        for (int i = 0; i < each; ++i) {
          log.info("x", {{"thread", t}, {"n", i}});
          if (i % 500 == 0) log.flush();
        }
      });
    }
    for (std::thread& thread : running) thread.join();
  }
  std::vector<int> next(threads, 0);
  for (const std::string& line : lines()) {
    int t = -1, n = -1;
    ASSERT_EQ(
        std::sscanf(line.c_str(),
                    R"({"time":"2026-11-21T08:30:00.125Z","level":"info","message":"x","thread":%d,"n":%d})", &t, &n),
        2)
        << line;
    EXPECT_EQ(next.at(static_cast<std::size_t>(t))++, n);
  }
  EXPECT_THAT(next, ::testing::Each(each));
}

TEST_F(LoggerTest, MayEndBeforeTheThreadsThatWroteToIt) {
  std::latch written(1), ended(1), again(1);
  std::optional<Logger> log(std::in_place, to_file(), clock_);
  LogOptions other = to_file();
  other.file = path("other.log");
  std::optional<Logger> second;
  std::thread thread([&] {
    log->info("first");
    written.count_down();
    ended.wait();
    second->info("second");
    again.count_down();
  });
  written.wait();
  log.reset();
  second.emplace(other, clock_);
  ended.count_down();
  again.wait();
  thread.join();
  second.reset();
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("first")));
  EXPECT_THAT(lines("other.log"), ElementsAre(HasSubstr("second")));
}

TEST_F(LoggerTest, SeveralAtOnceKeepApart) {
  LogOptions other = to_file();
  other.file = path("other.log");
  {
    Logger a(to_file(), clock_), b(other, clock_);
    for (int i = 0; i < 3; ++i) {
      a.info("a");
      b.info("b");
    }
  }
  EXPECT_THAT(lines(), ::testing::Each(HasSubstr(R"("message":"a")")));
  EXPECT_THAT(lines("other.log"), ::testing::Each(HasSubstr(R"("message":"b")")));
  EXPECT_EQ(lines().size() + lines("other.log").size(), 6U);
}

// Writes from a thread-local destructor that may run after the log's own storage for the thread is gone.
struct WritesWhenItsThreadEnds {
  Logger* log = nullptr;
  ~WritesWhenItsThreadEnds() {
    if (log != nullptr) log->info("at the thread's end");
  }
};
thread_local WritesWhenItsThreadEnds writes_late;

TEST_F(LoggerTest, TakesLinesOfAThreadThatIsEnding) {
  Logger log(to_file(), clock_);
  std::thread([&log] {
    writes_late.log = &log;  // made first, so destroyed last
    log.info("before");
  }).join();
  log.flush();
  EXPECT_THAT(lines(), ::testing::UnorderedElementsAre(HasSubstr("before"), HasSubstr("at the thread's end")));
}

TEST(Level, IsReadByNameInAnyCase) {
  for (const std::string_view name : {"", "verbose", "inf", "info "}) EXPECT_FALSE(level_of(name)) << name;
  for (const Level level :
       {Level::trace, Level::debug, Level::info, Level::warn, Level::error, Level::fatal, Level::off}) {
    EXPECT_EQ(level_of(to_string(level)), level);
  }
  EXPECT_EQ(level_of("WARN"), Level::warn);
}

}  // namespace
}  // namespace ashlar::log
