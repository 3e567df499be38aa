// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/jobs/call.hpp"
#include "ashlar/sql/insert.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

// Kinds of jobs for tests, which write down what they did.
namespace ashlar::jobs {

struct Note {
  static constexpr std::string_view job_name = "note";
  std::string text;
};
ASHLAR_DESCRIBE(Note, text)

struct Steps {
  static constexpr std::string_view job_name = "steps";
  std::string text;
};
ASHLAR_DESCRIBE(Steps, text)

// Has no line in the table.
struct Unlisted {
  static constexpr std::string_view job_name = "unlisted";
  std::string text;
};
ASHLAR_DESCRIBE(Unlisted, text)

struct ChargedRow {
  Uuid id;
  std::string text;
};
ASHLAR_DESCRIBE(ChargedRow, id, text)
ASHLAR_TABLE(ChargedRow, "charged")

struct Charge {
  std::int64_t number = 0;
};
ASHLAR_DESCRIBE(Charge, number)

inline constexpr ErrorCode note_refused{ErrorKind::unavailable, "note.refused"};

// What handlers did, in order.
class Journal {
 public:
  void write(std::string text) {
    {
      const std::scoped_lock lock(mutex_);
      seen_.push_back(std::move(text));
    }
    written_.notify_all();
  }
  // False when fewer were written within a minute.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return written_.wait_for(lock, std::chrono::minutes(1), [&] { return seen_.size() >= count; });
  }
  [[nodiscard]] std::vector<std::string> seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }
  [[nodiscard]] std::size_t count(const std::string& text) const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(seen_, text));
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable written_;
  std::vector<std::string> seen_;
};

inline Task<Result<>> note(JobCall& call, Note in, Journal& journal) {
  journal.write(in.text);
  const bool fails = in.text == "fail" || (in.text == "fail once" && call.attempt() == 1);
  if (fails) co_return fail(note_refused, "It was asked to fail.");
  if (in.text == "bad text") co_return fail(note_refused, std::string("a\0b\xff", 4));
  if (in.text == "nul") co_return fail(note_refused, std::string("a\0b", 3));
  if (in.text == "forbid")
    co_return fail(ErrorCode(ErrorKind::forbidden, "other.forbidden"), "Another system refuses.");
  if (in.text == "throw") throw std::runtime_error("thrown");
  co_return Result<>{};
}

inline Task<Result<Charge>> charge(api::UnitOfWork& unit, std::string text, Journal* journal) {
  journal->write("charge " + text);
  co_await unwrap(sql::insert(ChargedRow{.id = unit.call().new_id(), .text = text}).run(unit));
  co_return Charge{.number = 7};
}
inline Task<Result<std::string>> ask(JobCall&, std::string text, Journal* journal) {
  journal->write("ask " + text);
  co_return "answer";
}
inline Task<Result<Charge>> with_steps(JobCall& call, Steps in, Journal& journal) {
  const Charge charged = co_await unwrap(call.step("charge", charge, in.text, &journal));
  const std::string answer = co_await unwrap(call.step("ask", ask, in.text, &journal));
  if (call.attempt() == 1) {
    journal.write("fail");
    co_return fail(note_refused, "The first attempt fails after its steps.");
  }
  journal.write("done " + std::to_string(charged.number) + " " + answer);
  co_return charged;
}

}  // namespace ashlar::jobs
