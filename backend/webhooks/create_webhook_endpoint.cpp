// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/create_webhook_endpoint.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "backend/webhooks/webhook_secrets.hpp"

#include <utility>

namespace ashlar::backend {

CreateWebhookEndpoint CreateWebhookEndpoint::example() {
  return {.url = WebhookUrl::of("https://shop.example.com/hooks"),
          .events = WebhookEventPatterns{WebhookEventPattern::of("order.*")},
          .description = Nullable(WebhookDescription::of("The warehouse")),
          .scheme = {},
          .ordered = {}};
}

Result<> check_webhook_input(const Webhooks& webhooks, const std::optional<WebhookUrl>& url,
                             const std::optional<WebhookEventPatterns>& events) {
  std::vector<Fault> faults;
  if (url) {
    if (const auto checked = webhooks.sender().check_url(url->view()); !checked)
      faults.push_back({.path = "/url", .code = "url", .message = checked.error().message()});
  }
  if (events) {
    const std::vector<std::string> patterns = texts_of(*events);
    for (const std::size_t at : webhooks.useless(patterns)) {
      faults.push_back({.path = "/events/" + std::to_string(at),
                        .code = std::string(schema::codes::one_of),
                        .message = "selects no event that there is"});
    }
  }
  if (faults.empty()) return {};
  return std::unexpected(invalid_input(std::move(faults)));
}

Task<Result<api::Created<NewWebhookEndpoint>>> create_webhook_endpoint(api::Call& call, CreateWebhookEndpoint in,
                                                                       api::Units& units, Webhooks& webhooks) {
  co_await unwrap(check_webhook_input(webhooks, in.url, in.events));
  WebhookEndpointRow row{.id = call.new_id(),
                         .url = in.url.str(),
                         .events = texts_of(in.events),
                         .description = text_of(in.description),
                         .scheme = in.scheme.value_or(WebhookScheme::v1),
                         .ordered = in.ordered.value_or(false),
                         .secret = {},
                         .previous_secret = {},
                         .previous_until = {},
                         .last_success_at = {},
                         .created_at = call.now(),
                         .updated_at = call.now(),
                         .disabled_at = {},
                         .disabled_because = {}};
  const auto key = webhooks::SigningKey::generate(scheme_of(row.scheme), call.random());
  row.secret = sealed_key(webhooks.secrets(), row.id, key);
  co_await unwrap(units.run(call, &WebhookRepository::create_endpoint, row, webhooks.options().endpoints_max));
  co_return api::Created<NewWebhookEndpoint>{new_endpoint_of(std::move(row), key.receiver_text())};
}

}  // namespace ashlar::backend
