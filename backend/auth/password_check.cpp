// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/password_check.hpp"

#include "ashlar/async/shielded.hpp"

#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace ashlar::backend {

namespace asio = boost::asio;

Task<Result<auth::PasswordCheck>> check_password(const api::Call& call, Guess guess, std::string password,
                                                 std::optional<std::string> hash, Guessing& guessing,
                                                 Passwords& passwords) {
  const auto lane = guess.device ? Passwords::Lane::known_device : Passwords::Lane::anonymous;
  const Guessing::Attempt attempt = co_await unwrap(guessing.may_try(call, std::move(guess)));
  Result<auth::PasswordCheck> checked;
  std::exception_ptr aborted;
  try {
    checked = co_await passwords.check(call, std::move(password), std::move(hash), lane);
  } catch (...) {
    aborted = std::current_exception();
  }
  if (aborted) {
    // The client is gone and learned nothing. It must not use up the bound, or the places in the store, for free.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await async::shielded(guessing.not_tried(call, attempt));
    co_await asio::this_coro::throw_if_cancelled(true);
    std::rethrow_exception(aborted);
  }
  if (!checked) {
    co_await guessing.not_tried(call, attempt);
  } else if (checked->matches) {
    co_await guessing.succeeded(call, attempt);
  } else {
    guessing.failed(call, attempt);
  }
  co_return checked;
}

}  // namespace ashlar::backend
