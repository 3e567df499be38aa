// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/unsubscribe.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/mail/mail_preference_repository.hpp"

namespace ashlar::backend {

namespace {

constexpr std::string_view token_parameter = "token=";

Result<Uuid> user_of(const http::Request& request, const UnsubscribeLinks& links) {
  const std::string_view query = request.query;
  if (query.starts_with(token_parameter)) {
    if (const auto user = links.user_of(query.substr(token_parameter.size()))) return *user;
  }
  return fail(errors::unsubscribe_token_invalid, "This link is incomplete, or not one of ours.");
}

Task<Result<>> end_mails(api::UnitOfWork& unit, Uuid user) {
  MailPreferenceRow preference = co_await unwrap(MailPreferenceRepository(unit).of_user(user));
  if (preference.unsubscribed_at) co_return Result<>{};
  preference.unsubscribed_at = unit.call().now();
  co_return co_await MailPreferenceRepository::save(unit, std::move(preference));
}

constexpr std::string_view page = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Unsubscribe</title>
<h1>Unsubscribe</h1>
<p>Stop notifications by mail? Mails about your sign-in and your orders still come.</p>
<form method="post"><button>Unsubscribe</button></form>
</html>
)";

}  // namespace

Task<Result<>> unsubscribe(api::Call& call, http::Request& request, http::Response& response, api::Units& units,
                           const UnsubscribeLinks& links) {
  const Uuid user = co_await unwrap(user_of(request, links));
  auto ended = co_await units.run(call, &end_mails, user);
  if (!ended && ended.error().code() != auth::errors::token_revoked) co_return ended;  // the account is gone
  response.status = 204;
  co_return Result<>{};
}

Task<Result<>> show_unsubscribe(api::Call&, http::Request& request, http::Response& response,
                                const UnsubscribeLinks& links) {
  co_await unwrap(user_of(request, links));
  response.status = 200;
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.body = page;
  co_return Result<>{};
}

}  // namespace ashlar::backend
