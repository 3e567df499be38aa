// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/password.hpp"

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/auth/detail/password_hash.hpp"
#include "ashlar/auth/detail/prepared_password.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ashlar::auth {
namespace {

using detail::HashParameters;
using detail::Match;
using detail::Wiped;

constexpr std::size_t password_bytes_max = 4096;
constexpr std::size_t parameters_in_use_max = 8;

std::optional<Error> fault_of(const std::string& password) {
  if (password.size() > password_bytes_max) {
    return Error(errors::password_too_long, "A password has at most 4,096 bytes.");
  }
  if (password.find('\0') != std::string::npos) {
    return Error(errors::password_holds_nul, "A password cannot hold a NUL character.");
  }
  return std::nullopt;
}

HashParameters checked(const PasswordOptions& o) {
  if (o.cost < detail::bcrypt_cost_min || o.cost > detail::bcrypt_cost_max) {
    throw std::invalid_argument("The bcrypt cost is from 4 to 31.");
  }
  if (o.argon2_lanes < 1 || o.argon2_lanes > detail::argon2_lanes_max || o.argon2_passes < 1 ||
      o.argon2_passes > detail::argon2_passes_max || o.argon2_memory_kib < 8 * o.argon2_lanes ||
      o.argon2_memory_kib > detail::argon2_memory_kib_max) {
    throw std::invalid_argument("A parameter of argon2id is out of range.");
  }
  if (o.scheme == PasswordScheme::bcrypt) return {.scheme = detail::HashScheme::bcrypt, .cost = o.cost};
  return {.scheme = detail::HashScheme::argon2id,
          .memory_kib = o.argon2_memory_kib,
          .passes = o.argon2_passes,
          .lanes = o.argon2_lanes};
}

// A stored hash with its parameters.
struct Stored {
  std::string hash;
  HashParameters parameters;
};

// The work of each set of parameters once. The stored hash's own decides; without one the answer is `no`.
Match match_once(std::string_view password, const std::optional<Stored>& stored,
                 const std::vector<HashParameters>& in_use) {
  Match out = Match::no;
  if (stored) out = detail::match_password(password, stored->hash);
  for (const HashParameters& parameters : in_use) {
    if (!stored || parameters != stored->parameters) detail::match_nothing(password, parameters);
  }
  return out;
}

struct Outcome {
  Match match = Match::no;
  bool as_sent = false;  // only the form that was sent matched
};

Outcome match_forms(const std::string& password, const std::optional<Stored>& stored,
                    const std::vector<HashParameters>& in_use) {
  const Wiped prepared(detail::prepare_password(password));
  Outcome out{.match = match_once(prepared.text(), stored, in_use)};
  if (out.match == Match::no && prepared.text() != password) {
    out.match = match_once(password, stored, in_use);
    out.as_sent = out.match == Match::yes;
  }
  return out;
}

std::unexpected<Error> malformed_hash() {
  return std::unexpected(
      Error(ashlar::errors::internal, "Something went wrong.").with_cause("a stored password hash is malformed"));
}

}  // namespace

struct PasswordHasher::State {
  State(async::BlockingPool* its_pool, HashingQueue* its_queue, Random& its_random, const Options& options)
      : pool(its_pool), queue(its_queue), random(its_random), parameters(checked(options)), in_use{parameters} {}

  template <class Job, class T = std::invoke_result_t<Job>>
  Task<Result<T>> run(HashingClient client, Job job) {
    if (queue != nullptr) co_return co_await queue->run(std::move(client), std::move(job));
    co_return co_await pool->run(std::move(job));
  }

  void add(const HashParameters& more) {
    const std::scoped_lock lock(mutex);
    if (in_use.size() < parameters_in_use_max && std::ranges::find(in_use, more) == in_use.end()) {
      in_use.push_back(more);
    }
  }
  [[nodiscard]] std::vector<HashParameters> all_in_use() const {
    const std::scoped_lock lock(mutex);
    return in_use;
  }

  Task<Result<Outcome>> match(std::string password, std::optional<Stored> stored, HashingClient client) {
    auto fault = fault_of(password);
    Wiped secret(std::move(password));
    if (fault) co_return std::unexpected(std::move(*fault));
    co_return co_await run(std::move(client),
                           [secret = std::move(secret), stored = std::move(stored), in_use = all_in_use()] {
                             return match_forms(secret.text(), stored, in_use);
                           });
  }

  async::BlockingPool* const pool;
  HashingQueue* const queue;  // null: the pool's own order
  Random& random;
  const HashParameters parameters;  // of new hashes
  mutable std::mutex mutex;
  std::vector<HashParameters> in_use;
};

PasswordHasher::PasswordHasher(async::BlockingPool* pool, HashingQueue* queue, Random& random, const Options& options)
    : state_(std::make_unique<State>(pool, queue, random, options)) {}
PasswordHasher::PasswordHasher(async::BlockingPool& pool, Random& random, Options options)
    : PasswordHasher(&pool, nullptr, random, options) {}
PasswordHasher::PasswordHasher(HashingQueue& queue, Random& random, Options options)
    : PasswordHasher(nullptr, &queue, random, options) {}
PasswordHasher::~PasswordHasher() = default;

Task<Result<std::string>> PasswordHasher::hash(std::string password, HashingClient client) {
  auto fault = fault_of(password);
  Wiped secret(std::move(password));
  if (fault) co_return std::unexpected(std::move(*fault));
  co_return co_await state_->run(std::move(client), [secret = std::move(secret), state = state_.get()] {
    const Wiped prepared(detail::prepare_password(secret.text()));
    return detail::hash_password(prepared.text(), state->parameters, state->random);
  });
}

Task<Result<PasswordCheck>> PasswordHasher::check(std::string password, std::string hash, HashingClient client) {
  if (hash.empty()) {
    const auto none = co_await verify_for_unknown_account(std::move(password), std::move(client));
    if (!none) co_return std::unexpected(none.error());
    co_return PasswordCheck{.matches = false, .needs_rehash = false};
  }
  std::optional<Stored> stored;
  bool rehash = false;
  if (const auto parameters = detail::parse_parameters(hash)) {
    state_->add(*parameters);
    rehash = *parameters != state_->parameters;
    stored = Stored{std::move(hash), *parameters};
  }
  const bool readable = stored.has_value();
  const auto outcome = co_await state_->match(std::move(password), std::move(stored), std::move(client));
  if (!outcome) co_return std::unexpected(outcome.error());
  if (!readable || outcome->match == Match::hash_malformed) co_return malformed_hash();
  const bool matches = outcome->match == Match::yes;
  co_return PasswordCheck{.matches = matches, .needs_rehash = matches && (rehash || outcome->as_sent)};
}

Task<Result<bool>> PasswordHasher::verify(std::string password, std::string hash, HashingClient client) {
  const auto checked = co_await check(std::move(password), std::move(hash), std::move(client));
  if (!checked) co_return std::unexpected(checked.error());
  co_return checked->matches;
}

Task<Result<bool>> PasswordHasher::verify_for_unknown_account(std::string password, HashingClient client) {
  const auto outcome = co_await state_->match(std::move(password), std::nullopt, std::move(client));
  if (!outcome) co_return std::unexpected(outcome.error());
  co_return false;
}

bool PasswordHasher::needs_rehash(std::string_view hash) const {
  return detail::parse_parameters(hash) != state_->parameters;
}

void PasswordHasher::expect_stored(std::string_view hash) {
  if (const auto parameters = detail::parse_parameters(hash)) state_->add(*parameters);
}

}  // namespace ashlar::auth
