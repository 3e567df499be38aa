// SPDX-License-Identifier: Apache-2.0
// A model of claim, step, completion and rescue, whose interleavings are all explored. Each transition is one statement
// or transaction of detail/store*.cpp. Two workers run one job with one step; each can crash, lose its lease while it
// runs on, and lose the answer to any write. What holds in every state:
//   - the step's effect commits at most once, and exactly once when the job is done
//   - the job ends at most once
//   - from every state the job can still end: it is never lost
#include <gtest/gtest.h>

#include <array>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace ashlar::jobs {
namespace {

enum class Row : unsigned char { waiting, running, failed, ended };

struct WorkerState {
  bool leased = true;  // its row in job_workers
  bool crashed = false;
  int holds = 0;                  // the attempt that it believes to run; 0: none
  bool has_stepped = false;       // it believes that its step is stored
  bool may_hold_unknown = false;  // the answer to a claim was lost
  auto operator<=>(const WorkerState&) const = default;
};

struct State {
  Row row = Row::waiting;
  int attempt = 0;
  int owner = -1;  // of the row
  int effects = 0;
  bool step_stored = false;
  int ends = 0;
  std::array<WorkerState, 2> workers{};
  auto operator<=>(const State&) const = default;
};

constexpr int attempts_max = 4;  // of the model: enough for two rescues and a lost claim

// Which rule is left out, to see that the model notices.
enum class Broken : unsigned char { nothing, steps_without_fence, nobody_rescues };

void add_claims(const State& state, int w, std::vector<State>& out) {
  const WorkerState& worker = state.workers[static_cast<std::size_t>(w)];
  if (worker.holds != 0 || !worker.leased) return;
  if (worker.may_hold_unknown) {
    // give_back_unknown() runs before the next claim.
    State next = state;
    next.workers[static_cast<std::size_t>(w)].may_hold_unknown = false;
    if (next.row == Row::running && next.owner == w) {
      next.row = Row::waiting;
      next.owner = -1;
      --next.attempt;
    }
    out.push_back(next);
    return;
  }
  if (state.row != Row::waiting || state.attempt >= attempts_max) return;
  State next = state;
  next.row = Row::running;
  next.owner = w;
  ++next.attempt;
  State lost = next;  // the answer is lost: the worker knows of nothing
  lost.workers[static_cast<std::size_t>(w)].may_hold_unknown = true;
  out.push_back(lost);
  next.workers[static_cast<std::size_t>(w)].holds = next.attempt;
  next.workers[static_cast<std::size_t>(w)].has_stepped = next.step_stored;  // loaded with the job
  out.push_back(next);
}

void add_work(const State& state, int w, Broken broken, std::vector<State>& out) {
  const WorkerState& worker = state.workers[static_cast<std::size_t>(w)];
  if (worker.holds == 0) return;
  const bool owns = state.row == Row::running && state.attempt == worker.holds;
  if (!worker.has_stepped) {
    // The unit: fence, effect, step row. The primary key refuses a second row while the first is there.
    const bool commits = (owns || broken == Broken::steps_without_fence) && !state.step_stored;
    State next = state;
    auto& its = next.workers[static_cast<std::size_t>(w)];
    if (commits) {
      ++next.effects;
      next.step_stored = true;
      State lost = next;  // committed, and the answer lost: the attempt fails
      if (owns) {
        lost.row = Row::failed;
        lost.owner = -1;
      }
      lost.workers[static_cast<std::size_t>(w)].holds = 0;
      out.push_back(lost);
      its.has_stepped = true;
    } else {
      its.holds = 0;  // superseded, or the unit failed
      if (owns) {
        next.row = Row::failed;
        next.owner = -1;
      }
    }
    out.push_back(next);
    return;
  }
  // The completion: repeated until it is answered, so a lost answer changes nothing but that it is sent again.
  State next = state;
  if (owns) {
    next.row = Row::ended;
    next.step_stored = false;  // steps of a done job are removed
    next.owner = -1;
    ++next.ends;
    out.push_back(next);  // written, not answered
  }
  next.workers[static_cast<std::size_t>(w)].holds = 0;
  out.push_back(next);
}

std::vector<State> successors(const State& state, Broken broken) {
  std::vector<State> out;
  for (int w = 0; w < 2; ++w) {
    const WorkerState& worker = state.workers[static_cast<std::size_t>(w)];
    if (worker.crashed) continue;
    add_claims(state, w, out);
    add_work(state, w, broken, out);
    State next = state;  // SIGKILL; another process takes its place
    next.workers[static_cast<std::size_t>(w)] = {.leased = false, .crashed = true};
    if (w == 1) out.push_back(next);  // worker 0 survives, so that somebody finishes
    next = state;                     // its lease runs out while it runs on
    next.workers[static_cast<std::size_t>(w)].leased = false;
    if (worker.leased) out.push_back(next);
    next = state;  // it learns of that, ends its job and registers anew
    next.workers[static_cast<std::size_t>(w)] = {};
    if (!worker.leased) out.push_back(next);
  }
  const bool is_orphaned = state.row == Row::running && !state.workers[static_cast<std::size_t>(state.owner)].leased;
  if (is_orphaned && broken != Broken::nobody_rescues) {
    State next = state;  // rescue
    next.row = Row::failed;
    next.owner = -1;
    out.push_back(next);
  }
  if (state.row == Row::failed) {
    State next = state;  // promote
    next.row = Row::waiting;
    out.push_back(next);
  }
  return out;
}

struct Explored {
  std::set<State> states;
  std::optional<State> violation;
  std::size_t lost = 0;  // states from which the job cannot end any more
};

Explored explore(Broken broken) {
  Explored out;
  std::map<State, std::vector<State>> predecessors;
  std::vector<State> open{State{}};
  out.states.insert(State{});
  while (!open.empty()) {
    const State state = open.back();
    open.pop_back();
    const bool wrong = state.effects > 1 || state.ends > 1 || (state.ends == 1 && state.effects != 1);
    if (wrong && !out.violation) out.violation = state;
    for (const State& next : successors(state, broken)) {
      predecessors[next].push_back(state);
      if (out.states.insert(next).second) open.push_back(next);
    }
  }
  std::set<State> can_end;
  for (const State& state : out.states) {
    if (state.row == Row::ended || state.attempt >= attempts_max) open.push_back(state);  // the bound is the model's
  }
  while (!open.empty()) {
    const State state = open.back();
    open.pop_back();
    if (!can_end.insert(state).second) continue;
    for (const State& before : predecessors[state]) open.push_back(before);
  }
  out.lost = out.states.size() - can_end.size();
  return out;
}

TEST(JobModel, NoInterleavingLosesAJobOrRepeatsItsEffect) {
  const Explored explored = explore(Broken::nothing);
  EXPECT_FALSE(explored.violation);
  EXPECT_EQ(explored.lost, 0U);
  EXPECT_GT(explored.states.size(), 500U);
}

TEST(JobModel, NoticesEachRuleThatIsLeftOut) {
  EXPECT_TRUE(explore(Broken::steps_without_fence).violation);
  EXPECT_GT(explore(Broken::nobody_rescues).lost, 0U);
}

}  // namespace
}  // namespace ashlar::jobs
