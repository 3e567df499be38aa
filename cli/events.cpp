// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/outbox.hpp"
#include "backend/webhooks/webhook_repository.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

#include <cstdio>
#include <map>
#include <string>

namespace ashlar::cli {

namespace {

std::string shown(const Nullable<Timestamp>& time) { return time ? time->to_string() : std::string("-"); }

}  // namespace

int events_list() {
  CommandContext place;
  place.require_current_schema();
  events::Outbox outbox(*place.database);
  const auto extent = place.loop.run_or_exit(outbox.extent());
  std::printf("stored events: %lld to %lld\n", static_cast<long long>(extent.oldest),
              static_cast<long long>(extent.newest));
  Table table({"CONSUMER", "SEQUENCE", "WAITING", "OLDEST WAITING", "READ BY", "MOVED"});
  for (const events::ConsumerState& each : place.loop.run_or_exit(outbox.consumers())) {
    table.add({each.name, std::to_string(each.sequence), std::to_string(each.waiting), shown(each.oldest_waiting_at),
               each.holder ? each.holder->to_string() : std::string("-"), each.updated_at.to_string()});
  }
  table.print();
  return exit_ok;
}

int events_forget(const std::string& consumer) {
  CommandContext place;
  place.require_current_schema();
  events::Outbox outbox(*place.database);
  if (!place.loop.run_or_exit(outbox.remove_consumer(consumer)))
    throw ExitError(exit_failed, "there is no consumer " + consumer + ".");
  std::printf("%s is forgotten: an instance that still runs it restarts\n", consumer.c_str());
  return exit_ok;
}

int webhooks_list() {
  CommandContext place;
  place.require_current_schema();
  backend::WebhookRepository webhooks(*place.database);
  std::map<Uuid, std::map<backend::DeliveryStatus, std::int64_t>> counts;
  for (const auto& each : place.loop.run_or_exit(webhooks.delivery_counts()))
    counts[each.endpoint_id][each.status] = each.deliveries;
  Table table({"ENDPOINT", "URL", "EVENTS", "PENDING", "DELIVERED", "FAILED", "DISABLED"});
  for (const backend::WebhookEndpointRow& each : place.loop.run_or_exit(webhooks.all_endpoints())) {
    std::string patterns;
    for (const std::string& pattern : each.events) patterns += (patterns.empty() ? "" : ",") + pattern;
    auto& of = counts[each.id];
    using enum backend::DeliveryStatus;
    table.add({each.id.to_string(), each.url, patterns, std::to_string(of[pending]), std::to_string(of[delivered]),
               std::to_string(of[failed]), each.disabled_because ? *each.disabled_because : std::string("-")});
  }
  table.print();
  return exit_ok;
}

}  // namespace ashlar::cli
