// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/exports.hpp"

#include "ashlar/auth/permission.hpp"
#include "ashlar/core/parse.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::string_view purpose = "ashlar.export_file";

std::string signed_text(const Uuid& id, std::string_view expires) {
  return id.to_string() + "." + std::string(expires);
}

// What reads the rows of a list in the API. Products are open to everybody; an export has drafts of posts.
std::string_view permission_of(ExportType type) {
  switch (type) {
    case ExportType::users:
      return "read:user";
    case ExportType::orders:
      return "read:order";
    case ExportType::posts:
      return "read:post";
    case ExportType::audit:
      return "read:audit";
    case ExportType::products:
      return "create:export";
  }
  return "create:export";
}

auth::Permission permission(std::string_view text) { return *auth::Permission::parse(text); }

}  // namespace

Export Export::example() {
  return {.id = *Uuid::parse("01900000-0000-7000-8000-000000000009"),
          .type = ExportType::orders,
          .format = ExportFormat::csv,
          .status = ExportStatus::done,
          .progress = 100,
          .rows = 1'204,
          .bytes = 214'311,
          .file_url =
              std::string("/api/exports/01900000-0000-7000-8000-000000000009/file?expires=1764500000&signature=..."),
          .file_url_expires_at = Timestamp::from_milliseconds(1'764'500'000'000),
          .failure = {},
          .created_at = Timestamp::from_milliseconds(1'764'490'000'000),
          .finished_at = Timestamp::from_milliseconds(1'764'490'002'000)};
}

Exports::Exports(Services services, std::string key, ExportOptions options)
    : services_(services),
      keys_({std::move(key)}),
      options_(options),
      pool_({.threads = 1, .queue_max = 64, .name = "exports"}) {}

Result<> Exports::require(const api::Call& call, ExportType type) {
  if (auto allowed = call.require(permission("create:export")); !allowed) return allowed;
  return call.require(permission(permission_of(type)));
}

Task<Result<>> Exports::require_owner_may(const api::Call& call, ExportRow row) {
  auto authority = services_.authorities.try_find(row.user_id, call.clock().steady());
  if (!authority) authority = co_await unwrap(services_.authorities.load(row.user_id));
  for (const std::string_view needed : {std::string_view("create:export"), permission_of(row.type)}) {
    if (!authority || !auth::decide(*authority, permission(needed), nullptr, call.now()).allowed)
      co_return fail(errors::export_link_invalid, "The account that asked for the export may no longer have it.");
  }
  co_return Result<>{};
}

Export Exports::show(const ExportRow& row, Timestamp now) const {
  Export out{.id = row.id,
             .type = row.type,
             .format = row.format,
             .status = row.status,
             .progress = 0,
             .rows = row.rows_written,
             .bytes = row.bytes_written,
             .file_url = {},
             .file_url_expires_at = {},
             .failure = row.failure,
             .created_at = row.created_at,
             .finished_at = row.finished_at};
  if (row.status == ExportStatus::done) {
    const Timestamp until = std::min(now + options_.link_max, row.created_at + options_.kept);
    const std::string expires = std::to_string(until.seconds());
    out.progress = 100;
    out.file_url = "/api/exports/" + row.id.to_string() + "/file?expires=" + expires +
                   "&signature=" + keys_.sign(purpose, signed_text(row.id, expires));
    out.file_url_expires_at = Timestamp::from_milliseconds(until.seconds() * 1'000);
  } else if (row.rows_expected && *row.rows_expected > 0) {
    out.progress = std::min<std::int64_t>(99, row.rows_written * 100 / *row.rows_expected);
  }
  return out;
}

bool Exports::is_link(const Uuid& id, std::string_view expires, std::string_view signature, Timestamp now) const {
  const auto until = parse_integer<std::int64_t>(expires);
  return until && keys_.verify(purpose, signed_text(id, expires), signature) && now.seconds() < *until;
}

}  // namespace ashlar::backend
