// SPDX-License-Identifier: Apache-2.0
#include "backend/realtime/realtime_channels.hpp"

#include "backend/notifications/notification_events.hpp"
#include "backend/orders/customer_of.hpp"
#include "backend/orders/order_events.hpp"
#include "backend/posts/post_events.hpp"

#include <algorithm>
#include <string_view>

namespace ashlar::backend {

namespace {

using realtime::Topic;

struct ChannelOfOrder {
  Uuid id;
};
ASHLAR_DESCRIBE(ChannelOfOrder, id)

struct Room {
  Line<1, 64> name;
};
ASHLAR_DESCRIBE(Room, name)

std::string own(std::string_view channel, const Uuid& account) {
  return std::string(channel) + '/' + account.to_string();
}

Result<Topic> products(api::Call&) { return Topic{"products"}; }
Result<Topic> posts(api::Call&) { return Topic{"posts"}; }

// Everybody's for callers who may read them all.
Result<Topic> orders(api::UserCall& call) {
  static const auth::Permission read_order = *auth::Permission::parse("read:order");
  return Topic{call.allows(read_order) ? "orders" : own("orders", call.user().id)};
}

Result<Topic> order(api::UserCall&, ChannelOfOrder in) { return Topic{"order:" + in.id.to_string()}; }
Result<Topic> notifications(api::UserCall& call) { return Topic{own("notifications", call.user().id)}; }
Result<Topic> admin_jobs(api::UserCall&) { return Topic{std::string(admin_jobs_channel)}; }
Result<Topic> admin_audit(api::UserCall&) { return Topic{std::string(admin_audit_channel)}; }

// A slash separates a channel from what distinguishes its topics.
Result<Topic> room(api::UserCall&, Room in) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  if (!std::ranges::all_of(in.name.view(), is_allowed))
    return std::unexpected(
        invalid_input("/name", "pattern", "has letters and digits of ASCII, hyphens, dots and underscores"));
  return Topic{"room:" + in.name.str()};
}

}  // namespace

// clang-format off
void add_realtime_channels(realtime::Channels& channels, sql::Database& database) {
  channels.add("products", products).open();
  channels.add("posts", posts).open();
  channels.add("orders", orders).signed_in().api_key("read:order");
  channels.add("order:{id}", order).owner_or("read:order", customer_of, database);
  channels.add("notifications", notifications).signed_in().no_api_key();
  channels.add("admin:jobs", admin_jobs).permission("read:job").process_publishes();
  channels.add("admin:audit", admin_audit).permission("read:audit").process_publishes();
  channels.add("room:{name}", room).signed_in().no_api_key().clients_publish().presence();
}
// clang-format on

std::vector<std::string> realtime_topics(const events::Event& event) {
  const std::string_view type = event.type;
  if (type.starts_with("product.")) return {"products"};
  if (type == post_published.name()) return {"posts"};
  if (type == notification_created.name()) return {"notifications/" + event.key};
  if (!type.starts_with("order.")) return {};
  std::vector<std::string> out{"orders", "order:" + event.key};
  const auto order = event.data.as<Order>();
  if (order && order->user_id) out.push_back(own("orders", *order->user_id));
  return out;
}

}  // namespace ashlar::backend
