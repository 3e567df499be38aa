// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/auth/hashing_queue.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/auth/password_policy.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/observe/metrics_text.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/auth/breach_ranges.hpp"
#include "backend/users/passwords.hpp"

#include <optional>
#include <vector>

namespace ashlar::backend {

struct Settings;

// How passwords are hashed, judged and looked up among the leaked ones: threads, their queue, the policy.
class PasswordServices {
 public:
  // Everything outlives it.
  PasswordServices(const Settings& settings, const Clock& clock, Random& random);
  PasswordServices(const PasswordServices&) = delete;
  PasswordServices& operator=(const PasswordServices&) = delete;

  [[nodiscard]] Passwords& passwords() { return passwords_; }

  // So that the first sign-in with an old hash takes as long as one with an unknown address. Not knowing is no reason
  // not to start: each kind of hash is learned when it is first verified.
  void expect_stored_hashes(sql::Database& database, log::Logger& logger);
  void add_metrics(observe::MetricSources& metrics);

  // As Application::start() and close().
  void start(const std::vector<boost::asio::io_context*>& loops);
  void close();

 private:
  const auth::BreachRanges* make_breach_ranges(const Settings& settings);

  async::BlockingPool hashing_;
  auth::HashingQueue queue_;
  auth::PasswordHasher hasher_;
  std::optional<HttpBreachRanges> breach_ranges_;  // where they are looked up
  const auth::PasswordPolicy policy_;
  Passwords passwords_;
};

}  // namespace ashlar::backend
