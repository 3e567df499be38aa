// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/export_rows.hpp"

#include "ashlar/audit/tree.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/audit/audit_entry_repository.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/orders/order_row.hpp"
#include "backend/posts/post.hpp"
#include "backend/products/product.hpp"
#include "backend/users/user.hpp"

#include <utility>
#include <vector>

namespace ashlar::backend {

namespace {

using sql::asc;
using sql::col;
using sql::from;

template <class T>
ExportBatch batch_of(std::vector<T> rows) {
  const auto owner = std::make_shared<const std::vector<T>>(std::move(rows));
  return {.owner = owner,
          .first = reinterpret_cast<const std::byte*>(owner->data()),
          .bytes_each = sizeof(T),
          .count = owner->size(),
          .read = owner->size(),
          .last_key = {}};
}

template <class T>
ExportBatch batch_by_id(std::vector<T> rows) {
  std::string last = rows.empty() ? std::string() : rows.back().id.to_string();
  ExportBatch out = batch_of(std::move(rows));
  out.last_key = std::move(last);
  return out;
}

template <class Row>
Task<Result<ExportBatch>> read_rows(sql::Executor& in, Uuid after, std::int64_t count_max) {
  co_return batch_by_id(
      co_await unwrap(from<Row>().where(col<&Row::id> > after).order_by(asc<&Row::id>).limit(count_max).all(in)));
}

Task<Result<ExportBatch>> read_users(sql::Executor& in, Uuid after, std::int64_t count_max) {
  co_return batch_by_id(co_await unwrap(sql::select<User>()
                                            .from<UserRow>()
                                            .where(col<&UserRow::id> > after)
                                            .order_by(asc<&UserRow::id>)
                                            .limit(count_max)
                                            .all(in)));
}

Task<Result<ExportBatch>> read_orders(sql::Executor& in, Uuid after, std::int64_t count_max) {
  co_return batch_by_id(co_await unwrap(OrderRepository(in).all_after(after, count_max)));
}

// An audit entry without what only a proof needs.
struct ExportedAuditEntry {
  std::int64_t sequence = 0;
  Uuid id;
  Timestamp at;
  audit::Actor actor;
  std::string action;
  std::string resource;
  std::string resource_id;
  JsonObject changes;
  Nullable<std::string> address;
  Nullable<std::string> agent;
  std::string request_id;
};
ASHLAR_DESCRIBE(ExportedAuditEntry, sequence, id, at, actor, action, resource, resource_id, changes, address, agent,
                request_id)

ExportedAuditEntry exported(AuditEntry entry) {
  return {.sequence = entry.sequence,
          .id = entry.id,
          .at = entry.at,
          .actor = std::move(entry.actor),
          .action = std::move(entry.action),
          .resource = std::move(entry.resource),
          .resource_id = std::move(entry.resource_id),
          .changes = std::move(entry.changes),
          .address = std::move(entry.address),
          .agent = std::move(entry.agent),
          .request_id = std::move(entry.request_id)};
}

Task<Result<ExportBatch>> read_audit(sql::Executor& in, std::int64_t after, std::int64_t count_max) {
  AuditEntryRepository entries(in);
  const auto index = co_await unwrap(entries.index_after(after, count_max));
  const std::size_t read = index.size();
  std::string last = index.empty() ? std::string() : std::to_string(index.back().position);
  std::vector<ExportedAuditEntry> rows;
  for (AuditEntry& entry : co_await unwrap(entries.of(index))) rows.push_back(exported(std::move(entry)));
  ExportBatch out = batch_of(std::move(rows));
  out.read = read;
  out.last_key = std::move(last);
  co_return out;
}

}  // namespace

const schema::Type& exported_type(ExportType type) {
  switch (type) {
    case ExportType::users:
      return schema::type_of<User>();
    case ExportType::products:
      return schema::type_of<Product>();
    case ExportType::orders:
      return schema::type_of<Order>();
    case ExportType::posts:
      return schema::type_of<Post>();
    case ExportType::audit:
      return schema::type_of<ExportedAuditEntry>();
  }
  return schema::type_of<Product>();
}

Task<Result<ExportBatch>> read_exported(sql::Executor& in, ExportType type, std::string key, std::int64_t count_max) {
  if (type == ExportType::audit) return read_audit(in, parse_integer<std::int64_t>(key).value_or(-1), count_max);
  const Uuid after = Uuid::parse(key).value_or(Uuid());
  switch (type) {
    case ExportType::users:
      return read_users(in, after, count_max);
    case ExportType::orders:
      return read_orders(in, after, count_max);
    case ExportType::posts:
      return read_rows<Post>(in, after, count_max);
    case ExportType::audit:
    case ExportType::products:
      break;
  }
  return read_rows<Product>(in, after, count_max);
}

Task<Result<std::int64_t>> count_exported(sql::Executor& in, ExportType type) {
  switch (type) {
    case ExportType::users:
      return from<UserRow>().count(in);
    case ExportType::orders:
      return from<OrderRow>().count(in);
    case ExportType::posts:
      return from<Post>().count(in);
    case ExportType::audit:
      return from<audit::IndexRow>().count(in);
    case ExportType::products:
      break;
  }
  return from<Product>().count(in);
}

}  // namespace ashlar::backend
