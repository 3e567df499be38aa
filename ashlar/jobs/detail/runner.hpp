// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/detail/attempt.hpp"
#include "ashlar/jobs/detail/store.hpp"

namespace ashlar::auth {
class SecretBox;
}

namespace ashlar::jobs::detail {

// Runs attempts through an Api, and decides what follows each. Safe from every loop.
class Runner {
 public:
  Runner(const api::Api& api, Store& store, const auth::SecretBox* secrets)
      : api_(api), store_(store), secrets_(secrets) {}

  // Runs the attempt and sets attempt.end; it stays empty when the attempt lost its lease. Throws nothing.
  Task<> run(Attempt& attempt) const;

 private:
  struct Outcome {
    std::optional<Error> error;
    std::optional<std::string> result;
  };
  Task<Outcome> invoke(Attempt& attempt) const;
  // An error: the job is dead without running.
  Task<Result<std::string>> prepare(Attempt& attempt) const;
  [[nodiscard]] AttemptEnd decide(const Attempt& attempt, Outcome outcome) const;

  const api::Api& api_;
  Store& store_;
  const auth::SecretBox* secrets_;
};

}  // namespace ashlar::jobs::detail
