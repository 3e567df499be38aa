// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/generate_report.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/exports/text_rows.hpp"
#include "ashlar/exports/xlsx_file.hpp"
#include "ashlar/sql/transaction.hpp"
#include "backend/exports/export_repository.hpp"
#include "backend/exports/export_rows.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t rows_per_read_min = 10;
constexpr std::int64_t rows_per_first_read = 100;

Task<Result<bool>> append(api::UnitOfWork& unit, ExportRow after, std::int64_t chunks_before, std::string content) {
  return ExportRepository::append(unit, std::move(after), chunks_before, std::move(content));
}

// Where the rows are read: a snapshot for as long as it may last, then the database.
class RowSource {
 public:
  RowSource(sql::Database& database, const Clock& clock, std::chrono::milliseconds snapshot_max)
      : database_(database), clock_(clock), until_(clock.steady() + snapshot_max) {}

  // A transaction of SQLite's is its one writer, so there is no snapshot.
  Task<Result<>> open() {
    if (database_.dialect() != sql::Dialect::postgres) co_return Result<>{};
    snapshot_ = co_await unwrap(sql::detail::begin(database_, {.isolation = sql::Isolation::repeatable_read}));
    co_return Result<>{};
  }
  Task<Result<ExportBatch>> next(ExportType type, std::string after) {
    if (snapshot_ && clock_.steady() >= until_) {
      (void)co_await snapshot_->rollback();
      snapshot_.reset();
    }
    sql::Executor& in = snapshot_ ? static_cast<sql::Executor&>(*snapshot_) : database_;
    co_return co_await read_exported(in, type, std::move(after), rows_per_read_);
  }
  [[nodiscard]] bool is_last(const ExportBatch& batch) const {
    return static_cast<std::int64_t>(batch.read) < rows_per_read_;
  }
  // So many rows in the next read that they fill a chunk.
  void adapt(const ExportBatch& batch, std::size_t bytes, const ExportOptions& options) {
    if (batch.count == 0 || bytes == 0) return;
    rows_per_read_ = std::clamp(static_cast<std::int64_t>(options.chunk_bytes * batch.count / bytes), rows_per_read_min,
                                options.rows_per_read_max);
  }

 private:
  sql::Database& database_;
  const Clock& clock_;
  const Clock::Steady until_;
  std::int64_t rows_per_read_ = rows_per_first_read;
  std::optional<sql::Transaction> snapshot_;
};

// What an attempt has of its export.
struct Attempt {
  jobs::JobCall& call;
  Exports& exports;
  ExportRow row;
};

// Commits a piece with the position after it. false: another attempt continues the export.
Task<Result<bool>> store(Attempt& attempt, std::string content) {
  const std::int64_t before = attempt.row.chunks;
  if (!content.empty()) ++attempt.row.chunks;
  const Export shown = attempt.exports.show(attempt.row, attempt.call.now());
  attempt.call.progress(static_cast<int>(shown.progress));
  return attempt.exports.units().run(attempt.call, &append, attempt.row, before, std::move(content));
}

Task<Result<>> finish(Attempt& attempt, std::string content) {
  attempt.row.bytes_written += static_cast<std::int64_t>(content.size());
  attempt.row.status = ExportStatus::done;
  attempt.row.finished_at = attempt.call.now();
  co_await unwrap(store(attempt, std::move(content)));
  co_return Result<>{};
}

Task<Result<>> write_text(Attempt& attempt, RowSource& source) {
  const exports::TextRows writer(attempt.row.format, exported_type(attempt.row.type));
  const ExportOptions& options = attempt.exports.options();
  for (bool last = false; !last;) {
    std::string content;
    if (attempt.row.chunks == 0) writer.begin(content);
    const std::size_t head = content.size();
    const ExportBatch batch =
        co_await unwrap(source.next(attempt.row.type, attempt.row.last_key ? *attempt.row.last_key : std::string()));
    for (std::size_t i = 0; i < batch.count; ++i) writer.append(batch.at(i), attempt.row.rows_written++, content);
    last = source.is_last(batch);
    source.adapt(batch, content.size() - head, options);
    if (!batch.last_key.empty()) attempt.row.last_key = batch.last_key;
    if (last) {
      writer.end(content);
      co_return co_await finish(attempt, std::move(content));
    }
    attempt.row.bytes_written += static_cast<std::int64_t>(content.size());
    if (!co_await unwrap(store(attempt, std::move(content)))) co_return Result<>{};
  }
  co_return Result<>{};
}

// A file that is removed when it is no longer needed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Uuid& id)
      : path_(std::filesystem::temp_directory_path() / ("ashlar-export-" + id.to_string() + ".xlsx")) {}
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
};

std::string read_piece(std::ifstream& in, std::size_t bytes) {
  std::string out(bytes, '\0');
  in.read(out.data(), static_cast<std::streamsize>(bytes));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

Result<> add_rows(exports::XlsxFile& file, const ExportBatch& batch) {
  for (std::size_t i = 0; i < batch.count; ++i)
    if (auto added = file.add(batch.at(i)); !added) return added;
  return {};
}

Task<Result<>> restart(api::UnitOfWork& unit, Uuid id) { return ExportRepository::restart(unit, id); }

Task<Result<>> write_xlsx(Attempt& attempt, RowSource& source) {
  async::BlockingPool& pool = attempt.exports.pool();
  ExportRow& row = attempt.row;
  co_await unwrap(attempt.exports.units().run(attempt.call, &restart, row.id));
  row.chunks = row.rows_written = row.bytes_written = 0;
  const TemporaryFile temporary(attempt.call.job_id());
  exports::XlsxFile file(temporary.path(), exported_type(row.type),
                         {.sheet_name = std::string(schema::name_of(row.type)), .created_at = row.created_at});
  std::string after;
  for (bool last = false; !last;) {
    const ExportBatch batch = co_await unwrap(source.next(row.type, after));
    co_await unwrap(co_await unwrap(pool.run([&file, &batch] { return add_rows(file, batch); })));
    row.rows_written += static_cast<std::int64_t>(batch.count);
    last = source.is_last(batch);
    after = batch.last_key;
    source.adapt(batch, batch.count * 200, attempt.exports.options());
  }
  co_await unwrap(co_await unwrap(pool.run([&file] { return file.close(); })));
  std::ifstream in(temporary.path(), std::ios::binary);
  const std::size_t bytes = attempt.exports.options().chunk_bytes / 4 * 3;
  while (true) {
    const std::string piece = co_await unwrap(pool.run([&in, bytes] { return read_piece(in, bytes); }));
    if (piece.empty()) break;
    row.bytes_written += static_cast<std::int64_t>(piece.size());
    if (!co_await unwrap(store(attempt, to_base64url(std::as_bytes(std::span(piece)))))) co_return Result<>{};
  }
  co_return co_await finish(attempt, {});
}

}  // namespace

Task<Result<>> generate_report(jobs::JobCall& call, GenerateReport in, Exports& exports) {
  auto row = co_await unwrap(ExportRepository(exports.units().database()).find(in.export_id));
  if (!row || row->status == ExportStatus::done) co_return Result<>{};
  Attempt attempt{.call = call, .exports = exports, .row = std::move(*row)};
  attempt.row.status = ExportStatus::running;
  if (attempt.row.type == ExportType::audit) co_await unwrap(exports.sealer().seal_all());
  if (!attempt.row.rows_expected)
    attempt.row.rows_expected = co_await unwrap(count_exported(exports.units().database(), attempt.row.type));
  if (!co_await unwrap(store(attempt, {}))) co_return Result<>{};
  RowSource source(exports.units().database(), call.clock(), exports.options().snapshot_max);
  co_await unwrap(source.open());
  auto written = attempt.row.format == ExportFormat::xlsx ? co_await write_xlsx(attempt, source)
                                                          : co_await write_text(attempt, source);
  if (written || !call.is_last_attempt()) co_return written;
  attempt.row.status = ExportStatus::failed;
  attempt.row.failure = std::string(written.error().code().name);
  (void)co_await store(attempt, {});
  co_return written;
}

namespace {
Task<Result<std::int64_t>> remove_before(api::UnitOfWork& unit, Timestamp before) {
  return ExportRepository::remove_created_before(unit, before);
}
}  // namespace

Task<Result<>> remove_exports(jobs::JobCall& call, RemoveExports, Exports& exports) {
  co_await unwrap(exports.units().run(call, &remove_before, call.now() - exports.options().kept));
  co_return Result<>{};
}

void mount_export_jobs(jobs::Table& table, Exports& exports) {
  table.add<GenerateReport>(generate_report, exports)
      .queue("exports")
      .attempts(5)
      .timeout(30min)
      .permission("create:export")
      .summary("Write the file of an export");
  table.add<RemoveExports>(remove_exports, exports)
      .queue("exports")
      .attempts(3)
      .summary("Remove exports that have expired");
  table.every("17 * * * *", "UTC", RemoveExports{});
}

}  // namespace ashlar::backend
