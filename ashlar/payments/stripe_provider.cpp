// SPDX-License-Identifier: Apache-2.0
#include "ashlar/payments/stripe_provider.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/http/client/form.hpp"
#include "ashlar/payments/detail/stripe_documents.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::payments {

namespace {

using detail::text_of;
namespace client_errors = http::client_errors;

constexpr std::int64_t page_items = 100;  // Stripe's largest page
constexpr std::size_t cause_bytes_max = 200;
constexpr std::chrono::seconds retry_after_max{3600};

Error unknown(std::string cause) {
  return Error(errors::outcome_unknown, "The payment provider did not say what became of the call.")
      .with_cause(std::move(cause));
}

bool was_not_sent(const Error& error) {
  for (const ErrorCode code :
       {client_errors::invalid_url, client_errors::invalid_request, client_errors::invalid_policy,
        client_errors::refused_by_policy, client_errors::overloaded, client_errors::unresolved,
        client_errors::unreachable, client_errors::tls_failed})
    if (error.code() == code) return true;
  return false;
}

Error unavailable(std::string cause) {
  return Error(errors::provider_unavailable, "The payment provider cannot be used now.").with_cause(std::move(cause));
}

Error transport_error(const Error& error) {
  std::string cause = std::string(error.code().name) + " " + error.cause();
  return was_not_sent(error) ? unavailable(std::move(cause)) : unknown(std::move(cause));
}

// "402 card_error card_declined insufficient_funds: Your card ..." for the log. Stripe's messages name no secrets.
std::string cause_of(const http::ClientResponse& response, const detail::ErrorDocument& error) {
  std::string out = std::to_string(response.status);
  for (const auto& part : {text_of(error.type), text_of(error.code), text_of(error.decline_code)})
    if (!part.empty()) out += " " + part;
  out += ": " + text_of(error.message);
  if (out.size() > cause_bytes_max) out.resize(cause_bytes_max);
  return out;
}

Error with_delay(Error error, const http::ClientResponse& response) {
  const auto seconds = parse_integer<std::int32_t>(response.fields.get("Retry-After"));
  if (!seconds || *seconds <= 0) return error;
  return std::move(error).with_retry_after(std::min(std::chrono::seconds(*seconds), retry_after_max));
}

bool is_replayed(const http::ClientResponse& response) {
  return ascii_iequals(response.fields.get("Idempotent-Replayed"), "true");
}

// https://docs.stripe.com/error-low-level: which failures leave the outcome open, and which do not.
Error status_error(const http::ClientResponse& response, const detail::ErrorDocument& error) {
  std::string cause = cause_of(response, error);
  if (response.status >= 500 && is_replayed(response))
    return Error(errors::key_spent, "The payment provider failed for good under this key.")
        .with_cause(std::move(cause));
  if (response.status >= 500 || response.status == 409 || response.status == 429)
    return with_delay(unknown(std::move(cause)), response);
  if (response.status == 401 || response.status == 403) return unavailable(std::move(cause));
  if (response.status == 404)
    return Error(errors::intent_not_found, "The payment provider has no such payment.").with_cause(std::move(cause));
  if (response.status >= 400)
    return Error(errors::provider_refused, "The payment provider refused the call.").with_cause(std::move(cause));
  return unknown(std::move(cause));  // not an answer of Stripe's: a redirect, or a proxy's
}

detail::ErrorDocument error_document(const http::ClientResponse& response) {
  auto read = schema::read_json<detail::ErrorResponse>(response.body, detail::others_ignored);
  return read ? std::move(read->error) : detail::ErrorDocument{};
}

Result<Intent> intent_in(const http::ClientResponse& response) {
  if (response.status != 200) return std::unexpected(status_error(response, error_document(response)));
  auto intent = detail::read_intent(response.body);
  if (!intent) return std::unexpected(unknown("an intent that cannot be read"));
  return std::move(*intent);
}

// An id of Stripe's is put into a path: it came from Stripe, or from a request that named it.
std::string intent_path(std::string_view id) { return "/v1/payment_intents/" + http::form_text(id); }

}  // namespace

StripeProvider::StripeProvider(http::Client& client, StripeOptions options)
    : client_(client), options_(std::move(options)) {}

Task<Result<http::ClientResponse>> StripeProvider::send(http::Method method, std::string path, std::string form,
                                                        std::string idempotency_key) {
  http::ClientRequest request;
  request.method = method;
  request.url = options_.api_base + path;
  request.body = std::move(form);
  request.egress = http::EgressPolicy::operator_configured();
  request.response_body_bytes_max = options_.response_bytes_max;
  if (!idempotency_key.empty()) request.repeat = http::Repeat::allowed;
  for (const auto& [name, value] : {std::pair<std::string_view, std::string>("Accept", "application/json"),
                                    {"Authorization", "Bearer " + options_.api_key},
                                    {"Stripe-Version", options_.api_version},
                                    {"Idempotency-Key", std::move(idempotency_key)},
                                    {"Content-Type", request.body.empty() ? "" : std::string(http::form_media_type)}}) {
    if (value.empty()) continue;
    if (auto added = request.fields.add(name, value); !added) co_return std::unexpected(transport_error(added.error()));
  }
  auto response = co_await client_.send(std::move(request), options_.request_time_max);
  if (!response) co_return std::unexpected(transport_error(response.error()));
  co_return response;
}

// A card's number is never sent: it must not get here in the first place.
bool StripeProvider::accepts(std::string_view card) const {
  if (card.empty()) return true;
  return card.size() <= 255 && card.starts_with("pm_") &&
         std::ranges::all_of(card, [](char c) { return is_alphanumeric(c) || c == '_'; });
}

Task<Result<Intent>> StripeProvider::create(NewIntent intent) {
  const std::string amount = std::to_string(intent.amount.minor_units());
  const std::string payment = intent.payment.to_string();
  const std::string order = intent.order.to_string();
  const std::string currency = ascii_lower(intent.currency);
  std::vector<http::FormField> form{{"amount", amount},
                                    {"currency", currency},
                                    {"automatic_payment_methods[enabled]", "true"},
                                    {"metadata[payment_id]", payment},
                                    {"metadata[order_id]", order}};
  if (!intent.card.empty()) {
    form.insert(form.end(), {{"automatic_payment_methods[allow_redirects]", "never"},
                             {"payment_method", intent.card},
                             {"confirm", "true"}});
  }
  const auto response = co_await unwrap(
      send(http::Method::post, "/v1/payment_intents", http::form_of(form), std::move(intent.idempotency_key)));
  if (response.status != 402) co_return intent_in(response);
  const auto declined = error_document(response);
  if (declined.payment_intent && *declined.payment_intent) {
    if (auto read = detail::intent_of(**declined.payment_intent)) co_return std::move(*read);
  }
  co_return std::unexpected(unknown(cause_of(response, declined)));
}

Task<Result<Intent>> StripeProvider::retrieve(std::string id) {
  co_return intent_in(co_await unwrap(send(http::Method::get, intent_path(id), {}, {})));
}

Task<Result<std::vector<Intent>>> StripeProvider::find(IntentSearch search) {
  std::vector<Intent> out;
  const std::string span = "&created%5Bgte%5D=" + std::to_string(search.from.seconds()) +
                           "&created%5Blte%5D=" + std::to_string(search.until.seconds() + 1);
  std::string after;
  for (int page = 0; page < options_.pages_max; ++page) {
    const std::string path = "/v1/payment_intents?limit=" + std::to_string(page_items) + span + after;
    const auto response = co_await unwrap(send(http::Method::get, path, {}, {}));
    if (response.status != 200) co_return std::unexpected(status_error(response, error_document(response)));
    const auto list = schema::read_json<detail::IntentListDocument>(response.body, detail::others_ignored);
    if (!list) co_return std::unexpected(unknown("a list of intents that cannot be read"));
    for (const detail::IntentDocument& document : list->data) {
      auto intent = detail::intent_of(document);
      if (intent && intent->payment == search.payment) out.push_back(std::move(*intent));
    }
    if (!list->has_more || list->data.empty()) {
      std::ranges::reverse(out);  // Stripe lists the newest first
      co_return out;
    }
    after = "&starting_after=" + http::form_text(list->data.back().id);
  }
  co_return std::unexpected(unknown("more intents than find() reads"));
}

// Without an idempotency key: a repetition has the same effect, and Stripe would replay a stored 5xx for good.
Task<Result<Intent>> StripeProvider::cancel(std::string id) {
  const auto response = co_await unwrap(send(http::Method::post, intent_path(id) + "/cancel", {}, {}));
  if (response.status == 200) co_return intent_in(response);
  const auto refusal = error_document(response);
  if (text_of(refusal.code) != "payment_intent_unexpected_state")
    co_return std::unexpected(status_error(response, refusal));
  co_return co_await retrieve(std::move(id));  // it is final, or is being processed
}

Task<Result<RefundStatus>> StripeProvider::refund(NewRefund refund) {
  const http::FormField form[] = {{"payment_intent", refund.intent}};
  const auto response =
      co_await unwrap(send(http::Method::post, "/v1/refunds", http::form_of(form), std::move(refund.idempotency_key)));
  if (response.status != 200) {
    const auto refusal = error_document(response);
    if (text_of(refusal.code) == "charge_already_refunded") co_return RefundStatus::succeeded;
    co_return std::unexpected(status_error(response, refusal));
  }
  const auto document = schema::read_json<detail::RefundDocument>(response.body, detail::others_ignored);
  if (!document) co_return std::unexpected(unknown("a refund that cannot be read"));
  const std::string status = text_of(document->status);
  if (status == "succeeded") co_return RefundStatus::succeeded;
  co_return status == "failed" || status == "canceled" ? RefundStatus::failed : RefundStatus::pending;
}

std::vector<std::chrono::milliseconds> StripeProvider::look_after(const NewIntent&) const { return {}; }

}  // namespace ashlar::payments
