// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/open.hpp"

#include "ashlar/sql/postgres/url.hpp"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <system_error>

namespace ashlar::sql {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

// A private folder, in an in-memory file system if there is one: SQLite's own :memory: can be read by one connection
// only.
Result<std::filesystem::path> temporary_file() {
  std::error_code error;
  const std::filesystem::path shared_memory = "/dev/shm";
  auto folder =
      std::filesystem::is_directory(shared_memory, error) ? shared_memory : std::filesystem::temp_directory_path(error);
  std::string pattern = (folder / "ashlar-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    return fail(errors::unavailable, "A folder for the database cannot be made in " + folder.string() + ".");
  }
  return std::filesystem::path(pattern) / "memory.db";
}

Result<> check_sqlite_path(std::string_view path) {
  if (path.starts_with("//")) path.remove_prefix(2);
  if (path.empty()) return fail(errors::unsupported_url, "The database URL sqlite: lacks the path of a file.");
  const auto question = path.find('?');
  if (question == std::string_view::npos) return {};
  const std::string_view parameter = path.substr(question + 1);
  return fail(errors::unsupported_url, "A sqlite: URL has no parameters, but this one has '" +
                                           std::string(parameter.substr(0, parameter.find_first_of("=&"))) + "'.");
}

Result<std::unique_ptr<Database>> open_postgres(std::string_view url, postgres::Options options) {
  if (auto known = postgres::check_url(url); !known) return std::unexpected(std::move(known.error()));
  options.url = url;
  auto opened = postgres::Database::open(std::move(options));
  if (opened) return std::move(*opened);
  // The URL may contain a password; libpq's message names the server without it.
  const bool unsuitable = opened.error().code() == errors::unsuitable;
  return fail(opened.error().code(), std::string("The PostgreSQL database cannot be ") +
                                         (unsuitable ? "used: " : "reached: ") + opened.error().cause());
}

}  // namespace

Result<std::unique_ptr<Database>> open_database(std::string_view url, OpenOptions options) {
  if (postgres::is_url(url)) return open_postgres(url, std::move(options.postgres));
  if (!url.starts_with(sqlite_scheme)) {
    return fail(errors::unsupported_url, "The database URL must be sqlite:PATH or postgresql://HOST/NAME.");
  }
  std::string_view path = url.substr(sqlite_scheme.size());
  if (path == ":memory:") {
    auto file = temporary_file();
    if (!file) return std::unexpected(std::move(file.error()));
    options.sqlite.path = std::move(*file);
    options.sqlite.lifetime = sqlite::Options::Lifetime::removed_on_close;
    options.sqlite.synchronous = sqlite::Synchronous::off;
  } else {
    if (auto known = check_sqlite_path(path); !known) return std::unexpected(std::move(known.error()));
    if (path.starts_with("//")) path.remove_prefix(2);
    options.sqlite.path = path;
  }
  auto opened = sqlite::Database::open(std::move(options.sqlite));
  if (!opened) {
    // The person who starts the server may see details that clients may not.
    const Error& error = opened.error();
    return fail(error.code(), "The database " + std::string(url) + " cannot be opened: " + error.cause());
  }
  return std::move(*opened);
}

Result<std::unique_ptr<Database>> open_replica(std::string_view url, OpenOptions options) {
  if (!postgres::is_url(url))
    return fail(errors::unsupported_url, "The URL of a replica must be postgresql://HOST/NAME.");
  constexpr std::chrono::milliseconds wait_max{250};
  options.postgres.at_open = postgres::AtOpen::nothing;
  options.postgres.pooler = postgres::Pooler::none;  // the pooler, if any, is in front of the primary
  options.postgres.acquire_time_max = std::min(options.postgres.acquire_time_max, wait_max);
  options.postgres.isolation = std::min(options.postgres.isolation, Isolation::repeatable_read);
  return open_postgres(url, std::move(options.postgres));
}

Result<> check_database_url(std::string_view url) {
  if (postgres::is_url(url)) return postgres::check_url(url);
  if (url.starts_with(sqlite_scheme) && url.size() > sqlite_scheme.size())
    return check_sqlite_path(url.substr(sqlite_scheme.size()));
  return fail(errors::unsupported_url,
              "expected sqlite:PATH, such as sqlite:data/ashlar.db, or postgresql://USER:PASSWORD@HOST:PORT/NAME");
}

std::string shown_database_url(std::string_view url) {
  return postgres::is_url(url) ? postgres::shown_url(url) : std::string(url);
}

}  // namespace ashlar::sql
