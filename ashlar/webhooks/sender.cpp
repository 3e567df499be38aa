// SPDX-License-Identifier: Apache-2.0
#include "ashlar/webhooks/sender.hpp"

#include "ashlar/core/parse.hpp"
#include "ashlar/http/client/request_url.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ashlar::webhooks {

namespace {

constexpr int status_gone = 410;

// Delay-seconds only: a date depends on the receiver's clock (RFC 9110 section 10.2.3).
std::chrono::seconds retry_after_of(const http::ReceivedFields& fields) {
  const auto seconds = parse_integer<std::int64_t>(fields.get("retry-after"));
  constexpr std::int64_t seconds_max = 7 * 24 * 3'600;
  if (!seconds || *seconds < 0) return std::chrono::seconds(0);
  return std::chrono::seconds(std::min(*seconds, seconds_max));
}

bool is_refusal(const ErrorCode& code) {
  namespace client = http::client_errors;
  return code == client::refused_by_policy || code == client::invalid_url || code == client::invalid_request;
}

}  // namespace

Sender::Sender(SenderOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}
Sender::~Sender() = default;

void Sender::start(const std::vector<boost::asio::io_context*>& loops) {
  client_ =
      std::make_unique<http::Client>(loops, http::ClientOptions{.ca_file = options_.ca_file,
                                                                .user_agent = "ashlar-webhooks",
                                                                .connections_per_host_max = 8,
                                                                .response_body_bytes_max = options_.response_bytes_max,
                                                                .resolver = options_.resolver});
}

void Sender::close() { client_.reset(); }

Result<> Sender::check_url(std::string_view text) const {
  const auto url = http::RequestUrl::parse(text);
  if (!url) return fail(errors::url_refused, url.error().message());
  const http::Origin& origin = url->origin();
  const bool listed = options_.egress.lists(origin);
  if (origin.scheme == http::Scheme::http && options_.plain_http == SenderOptions::PlainHttp::refused && !listed)
    return fail(errors::url_refused, "must begin with https://");
  if (origin.address && !options_.egress.allows(origin, *origin.address))
    return fail(errors::url_refused, "is an address that requests may not go to");
  return {};
}

Task<AttemptOutcome> Sender::send(OutgoingMessage message) {
  if (!client_) throw std::logic_error("webhooks are sent between start() and close()");
  // Settings may have changed since the URL was accepted.
  if (auto allowed = check_url(message.url); !allowed)
    co_return AttemptOutcome{.kind = AttemptOutcome::Kind::refused, .error = std::string(allowed.error().code().name)};
  const Timestamp now = clock_.now();
  http::ClientRequest request{
      .method = http::Method::post,
      .url = std::move(message.url),
      .fields = {{"Content-Type", "application/json"},
                 {"webhook-id", message.id},
                 {"webhook-timestamp", std::to_string(now.seconds())},
                 {"webhook-signature", signature_field(message.keys, message.id, now, message.body)}},
      .body = std::move(message.body),
      .egress = options_.egress,
      .repeat = http::Repeat::allowed};  // receivers tell a repetition by its webhook-id
  const auto began = std::chrono::steady_clock::now();
  const auto response = co_await client_->send(std::move(request), options_.attempt_time_max);
  AttemptOutcome out;
  out.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  if (!response) {
    out.kind = is_refusal(response.error().code()) ? AttemptOutcome::Kind::refused : AttemptOutcome::Kind::failed;
    out.error = response.error().code().name;
    co_return out;
  }
  out.status = response->status;
  if (out.status >= 200 && out.status < 300) {
    out.kind = AttemptOutcome::Kind::delivered;
  } else if (out.status == status_gone) {
    out.kind = AttemptOutcome::Kind::gone;
  } else {
    out.retry_after = retry_after_of(response->fields);
  }
  co_return out;
}

}  // namespace ashlar::webhooks
