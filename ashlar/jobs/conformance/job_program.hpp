// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/jobs/conformance/test_jobs.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/jobs/enqueuer.hpp"
#include "ashlar/jobs/table.hpp"
#include "ashlar/sql/open.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace ashlar::jobs {

// What a process needs to enqueue and run the jobs of crash_test.cpp.
struct JobProgram {
  explicit JobProgram(const std::string& url) {
    auto opened = sql::open_database(url);
    if (!opened) throw std::runtime_error(opened.error().cause());
    database = std::move(*opened);
    table.add<Steps>(with_steps, journal)
        .attempts(1'000)
        .backoff({.first = std::chrono::milliseconds(1), .max = std::chrono::milliseconds(10)});
    units.emplace(*database, api::UnitOptions{});
  }

  SystemClock clock;
  SystemRandom random;
  log::Logger logger{{.level = log::Level::off, .console = log::LogOptions::Console::none}, clock};
  const api::Call::Environment environment{&clock, &random, &logger};
  boost::asio::io_context loop{1};
  Journal journal;
  LocalDoorbell doorbell;
  Table table;
  Enqueuer enqueuer{table, doorbell};
  std::unique_ptr<sql::Database> database;
  std::optional<api::Units> units;
};

}  // namespace ashlar::jobs
