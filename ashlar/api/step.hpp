// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/invocation.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace ashlar::auth {
class Tokens;
}

// What a call passes before its input is read: a list of steps, each of which lets it pass or refuses it. An
// application can add its own steps (middleware or interceptors in other frameworks).
namespace ashlar::api {

class ApiKeySource;
class AuthoritySource;
class Overload;
class TokenKeySource;

// The sources for authentication. Each may be null.
struct CallerSources {
  const auth::Tokens* tokens = nullptr;    // null: nobody can sign in
  AuthoritySource* authorities = nullptr;  // null: the token's claims count
  ApiKeySource* api_keys = nullptr;        // null: no API key is accepted
  TokenKeySource* token_keys = nullptr;    // null: the keys of `tokens` do not change
};

// One step. Immutable; used from every loop concurrently.
class Step {
 public:
  Step() = default;
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  virtual ~Step() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // a literal, unique in its list
  // Whether calls of this endpoint pass the step. Called once, at start.
  [[nodiscard]] virtual bool concerns(const PreparedEndpoint&) const { return true; }
  // An error refuses the call. nullopt: the step has to wait; decide() is awaited.
  [[nodiscard]] virtual std::optional<Result<>> try_decide(Invocation& invocation) const = 0;
  [[nodiscard]] virtual Task<Result<>> decide(Invocation& invocation) const;
};

// The steps in order. After the last one, invoke() reads the input, looks up the owner when the guard needs one, and
// runs the operation.
class Steps {
 public:
  // overload, client limits, authentication, guard, transport, caller limits. The arguments outlive the list.
  [[nodiscard]] static Steps standard(Overload& overload, RateLimitStore*& limits, CallerSources callers);

  // Places a step directly after the step of that name. Throws std::logic_error when there is none, or the new step's
  // name is in use.
  void insert_after(std::string_view name, std::shared_ptr<const Step> step);

  [[nodiscard]] const std::vector<std::shared_ptr<const Step>>& all() const { return steps_; }

 private:
  std::vector<std::shared_ptr<const Step>> steps_;
};

}  // namespace ashlar::api
