// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/http/message.hpp"
#include "backend/mail/unsubscribe_links.hpp"

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode unsubscribe_token_invalid{ErrorKind::invalid, "mail.unsubscribe_token_invalid"};
}  // namespace errors

// POST /api/unsubscribe?token=: ends the account's notifications by mail. It reads the query itself, and any body: mail
// providers post the form "List-Unsubscribe=One-Click" (RFC 8058 section 3.2). 204, also for the second time and for an
// account that is gone. Error mail.unsubscribe_token_invalid.
Task<Result<>> unsubscribe(api::Call& call, http::Request& request, http::Response& response, api::Units& units,
                           const UnsubscribeLinks& links);

// GET: a page with a button that posts, for readers whose mail client opens the link. It changes nothing, because
// scanners open links as well.
Task<Result<>> show_unsubscribe(api::Call& call, http::Request& request, http::Response& response,
                                const UnsubscribeLinks& links);

}  // namespace ashlar::backend
