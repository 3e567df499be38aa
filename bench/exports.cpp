// SPDX-License-Identifier: Apache-2.0
// What an export of a million products costs in each format, next to fprintf() of the same columns without quotes and
// checks, in one run. Each is written by a process of its own: its memory is the growth of that process's peak.
//   bench_exports [rows]      default: 1,000,000. Exit code 1 when a budget of docs/guide/exports.md is exceeded.
#include "ashlar/exports/text_rows.hpp"
#include "ashlar/exports/xlsx_file.hpp"
#include "ashlar/schema/constraints.hpp"
#include "tests/support/memory.hpp"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace ashlar;

struct Row {
  Uuid id;
  std::string name;
  Nullable<std::string> description;
  Money price;
  std::int64_t stock = 0;
  Nullable<std::string> category;
  std::vector<std::string> tags;
  Timestamp created_at;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(Row, id, name, description, price, stock, category, tags, created_at, updated_at)

Row row_of(std::int64_t number) {
  std::array<std::uint8_t, 16> bytes{};
  for (int i = 0; i < 8; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return {.id = Uuid(bytes),
          .name = "Standing desk, oak, 160 x 80 cm",
          .description = std::string("Height from 62 to 127 cm; \"quiet\" motors, ten years' guarantee."),
          .price = Money::of_minor_units(number % 100'000),
          .stock = number % 1'000,
          .category = std::string("Office"),
          .tags = {"oak", "desk"},
          .created_at = Timestamp::from_milliseconds(1'764'500'000'000 + number),
          .updated_at = Timestamp::from_milliseconds(1'764'600'000'000 + number)};
}

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr double mebibyte = 1024 * 1024;

void write_text(exports::Format format, const std::string& path, std::int64_t rows) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  const exports::TextRows writer(format, schema::type_of<Row>());
  std::string out;
  writer.begin(out);
  Row row = row_of(0);
  for (std::int64_t i = 0; i < rows; ++i) {
    row.stock = i % 1'000;
    writer.append(&row, i, out);
    if (out.size() < piece_bytes) continue;
    std::fwrite(out.data(), 1, out.size(), file);
    out.clear();
  }
  writer.end(out);
  std::fwrite(out.data(), 1, out.size(), file);
  std::fclose(file);
}

void write_xlsx(const std::string& path, std::int64_t rows) {
  exports::XlsxFile file(path, schema::type_of<Row>());
  Row row = row_of(0);
  for (std::int64_t i = 0; i < rows; ++i) {
    row.stock = i % 1'000;
    if (!file.add(&row)) std::abort();
  }
  if (!file.close()) std::abort();
}

void write_plainly(const std::string& path, std::int64_t rows) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  Row row = row_of(0);
  const std::string id = row.id.to_string();
  const std::string at = row.created_at.to_string();
  for (std::int64_t i = 0; i < rows; ++i) {
    row.stock = i % 1'000;
    std::fprintf(file, "%s,%s,%s,%.2f,%lld,%s,%s,%s,%s\r\n", id.c_str(), row.name.c_str(), row.description->c_str(),
                 static_cast<double>(row.price.minor_units()) / 100, static_cast<long long>(row.stock),
                 row.category->c_str(), row.tags[0].c_str(), at.c_str(), at.c_str());
  }
  std::fclose(file);
}

struct Case {
  const char* name;
  std::optional<exports::Format> format;  // nullopt: fprintf()
  double rows_a_second_min;
  double memory_max;  // bytes
};

struct Measured {
  double rows_a_second = 0;
  double memory = 0;
};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Measured measure(const Case& each, const std::string& path, std::int64_t rows) {
  const auto before = static_cast<double>(test::memory_peak());
  const double started = cpu_seconds();
  if (!each.format) {
    write_plainly(path, rows);
  } else if (*each.format == exports::Format::xlsx) {
    write_xlsx(path, rows);
  } else {
    write_text(*each.format, path, rows);
  }
  return {.rows_a_second = static_cast<double>(rows) / (cpu_seconds() - started),
          .memory = static_cast<double>(test::memory_peak()) - before};
}

Measured measure_in_a_process(const Case& each, const std::string& path, std::int64_t rows) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    const Measured measured = measure(each, path, rows);
    if (write(ends[1], &measured, sizeof measured) != sizeof measured) _exit(1);
    _exit(0);
  }
  Measured out;
  if (read(ends[0], &out, sizeof out) != sizeof out) std::abort();
  waitpid(child, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t rows = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const std::string path = (std::filesystem::temp_directory_path() / "ashlar-bench-export").string();
  const Case cases[] = {{"fprintf", std::nullopt, 0, 8 * mebibyte},
                        {"csv", exports::Format::csv, 300'000, 8 * mebibyte},
                        {"json", exports::Format::json, 0, 8 * mebibyte},
                        {"xlsx", exports::Format::xlsx, 0, 16 * mebibyte}};
  std::printf("%-8s %12s %14s %10s %10s\n", "format", "rows/s of CPU", "of fprintf", "memory MB", "file MB");
  double floor = 0;
  int exit_code = 0;
  for (const Case& each : cases) {
    const Measured measured = measure_in_a_process(each, path, rows);
    if (floor == 0) floor = measured.rows_a_second;
    const bool good = measured.rows_a_second >= each.rows_a_second_min && measured.memory <= each.memory_max;
    std::printf("%-8s %12.0f %13.2fx %10.1f %10.1f%s\n", each.name, measured.rows_a_second,
                measured.rows_a_second / floor, measured.memory / mebibyte,
                static_cast<double>(std::filesystem::file_size(path)) / mebibyte, good ? "" : "  over its budget");
    if (!good) exit_code = 1;
    std::filesystem::remove(path);
  }
  return exit_code;
}
