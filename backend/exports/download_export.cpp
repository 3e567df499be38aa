// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/download_export.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/core/encoding.hpp"
#include "backend/exports/export_repository.hpp"

#include <map>
#include <string>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::string_view path_begin = "/api/exports/";
constexpr std::string_view path_end = "/file";

// The id in the path, and the parameters of a link, which need no decoding.
std::string_view parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return pair.substr(name.size() + 1);
  }
  return {};
}

std::optional<Uuid> id_in(std::string_view path) {
  if (!path.starts_with(path_begin) || !path.ends_with(path_end)) return std::nullopt;
  path.remove_prefix(path_begin.size());
  path.remove_suffix(path_end.size());
  return Uuid::parse(path);
}

// A chunk at a time, so that memory does not depend on the size of the file.
Task<Result<>> send_chunks(http::BodyWriter& out, sql::Database& database, ExportRow row) {
  for (std::int64_t position = 0; position < row.chunks; ++position) {
    auto content = co_await unwrap(ExportRepository(database).chunk(row.id, position));
    if (!content) co_return fail(errors::export_not_found, "The export was removed.");
    if (row.format == ExportFormat::xlsx) content = from_base64url(*content);
    if (!content) co_return fail(ashlar::errors::internal, "A chunk is damaged.");
    co_await unwrap(out.write(*content));
  }
  co_return Result<>{};
}

Task<Result<>> note_download(api::UnitOfWork& unit, Uuid id) {
  audit::record(unit, {.action = "download", .resource = "export", .resource_id = id.to_string()});
  co_return Result<>{};
}

}  // namespace

Task<Result<>> download_export(api::Call& call, http::Request& request, http::Response& response, Exports& exports) {
  const auto id = id_in(request.path);
  if (!id ||
      !exports.is_link(*id, parameter(request.query, "expires"), parameter(request.query, "signature"), call.now()))
    co_return fail(errors::export_link_invalid, "The link is not valid, or has expired: ask for the export again.");
  sql::Database& database = exports.units().database();
  const ExportRow row = co_await unwrap(
      required(co_await ExportRepository(database).find(*id), errors::export_not_found, "There is no such export."));
  co_await unwrap(exports.require_owner_may(call, row));
  if (row.status != ExportStatus::done) co_return fail(errors::export_not_done, "The export is not done.");
  co_await unwrap(exports.units().run(call, &note_download, row.id));
  const std::string name = std::string(schema::name_of(row.type)) + "." + std::string(schema::name_of(row.format));
  response.headers.add("Content-Type", exports::media_type_of(row.format));
  response.headers.add("Content-Disposition", "attachment; filename=\"" + name + "\"");
  response.headers.add("Cache-Control", "private, no-store");
  response.stream_length = static_cast<std::uint64_t>(row.bytes_written);
  response.stream = [&database, row](http::BodyWriter& out) { return send_chunks(out, database, row); };
  co_return Result<>{};
}

}  // namespace ashlar::backend
