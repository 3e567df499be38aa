// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/export_repository.hpp"

#include "ashlar/sql/query.hpp"

#include <utility>

namespace ashlar::backend {

using sql::col;
using sql::from;

Task<Result<std::optional<ExportRow>>> ExportRepository::find(Uuid id) {
  return from<ExportRow>().where(col<&ExportRow::id> == id).one(in_);
}

Task<Result<std::optional<std::string>>> ExportRepository::chunk(Uuid id, std::int64_t position) {
  auto row =
      co_await unwrap(from<ExportChunkRow>()
                          .where(col<&ExportChunkRow::export_id> == id && col<&ExportChunkRow::position> == position)
                          .one(in_));
  if (!row) co_return std::nullopt;
  co_return std::move(row->content);
}

Task<Result<>> ExportRepository::insert(api::UnitOfWork& unit, ExportRow row) {
  co_await unwrap(sql::insert(row).run(unit));
  co_return Result<>{};
}

Task<Result<bool>> ExportRepository::append(api::UnitOfWork& unit, ExportRow after, std::int64_t chunks_before,
                                            std::string content) {
  const auto updated = co_await unwrap(
      sql::update<ExportRow>()
          .set(col<&ExportRow::status> = after.status, col<&ExportRow::rows_expected> = after.rows_expected,
               col<&ExportRow::rows_written> = after.rows_written, col<&ExportRow::bytes_written> = after.bytes_written,
               col<&ExportRow::chunks> = after.chunks, col<&ExportRow::last_key> = after.last_key,
               col<&ExportRow::failure> = after.failure, col<&ExportRow::finished_at> = after.finished_at,
               col<&ExportRow::updated_at> = unit.call().now())
          .where(col<&ExportRow::id> == after.id && col<&ExportRow::chunks> == chunks_before &&
                 col<&ExportRow::status> != ExportStatus::done)
          .run(unit));
  if (updated.rows_affected == 0) co_return false;
  if (content.empty()) co_return true;
  const ExportChunkRow chunk{.export_id = after.id, .position = chunks_before, .content = std::move(content)};
  co_await unwrap(sql::insert(chunk).run(unit));
  co_return true;
}

Task<Result<>> ExportRepository::restart(api::UnitOfWork& unit, Uuid id) {
  co_await unwrap(sql::erase<ExportChunkRow>().where(col<&ExportChunkRow::export_id> == id).run(unit));
  co_await unwrap(
      sql::update<ExportRow>()
          .set(col<&ExportRow::chunks> = 0, col<&ExportRow::bytes_written> = 0, col<&ExportRow::rows_written> = 0)
          .where(col<&ExportRow::id> == id && col<&ExportRow::status> != ExportStatus::done)
          .run(unit));
  co_return Result<>{};
}

Task<Result<std::int64_t>> ExportRepository::remove_created_before(api::UnitOfWork& unit, Timestamp before) {
  const auto removed = co_await unwrap(sql::erase<ExportRow>().where(col<&ExportRow::created_at> < before).run(unit));
  co_return removed.rows_affected;
}

}  // namespace ashlar::backend
