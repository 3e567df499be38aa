// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/password_services.hpp"

#include "ashlar/web/metrics.hpp"
#include "backend/raw_statements.hpp"
#include "backend/settings.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace ashlar::backend {

namespace {

// Hashing takes a whole core for a quarter of a second: one core is left to the loops.
async::BlockingPoolOptions hashing_pool() {
  return {.threads = std::max(1U, std::thread::hardware_concurrency() - 1), .queue_max = 256, .name = "hashing"};
}

}  // namespace

PasswordServices::PasswordServices(const Settings& settings, const Clock& clock, Random& random)
    : hashing_(hashing_pool()),
      queue_(hashing_, clock,
             {.wait_max = settings.hashing_wait_max, .known_device_wait_max = settings.hashing_wait_max_known_device}),
      hasher_(queue_, random, password_options(settings)),
      policy_(password_policy_options(settings), make_breach_ranges(settings)),
      passwords_(hasher_, policy_) {}

const auth::BreachRanges* PasswordServices::make_breach_ranges(const Settings& settings) {
  if (settings.password_breach_url.empty()) return nullptr;
  return &breach_ranges_.emplace(settings.password_breach_url);
}

void PasswordServices::expect_stored_hashes(sql::Database& database, log::Logger& logger) {
  const std::string_view statement = database.dialect() == sql::Dialect::postgres
                                         ? password_parameters_in_postgres.text()
                                         : password_parameters_in_sqlite.text();
  const auto read = database.query_blocking(
      {.sql = std::string(statement), .parameters = {}, .mode = sql::Mode::read, .on_row = [this](const sql::Row& row) {
         hasher_.expect_stored(row.text(0));
       }});
  if (!read) logger.warn("the kinds of stored password hashes cannot be read", {{"cause", read.error().cause()}});
}

void PasswordServices::add_metrics(observe::MetricSources& metrics) {
  web::add_pool(metrics, "hashing", hashing_);
  metrics.add({.name = "ashlar_hashing_waiting",
               .type = observe::MetricType::gauge,
               .help = "Passwords that wait for a thread to hash them.",
               .value = [&queue = queue_] { return static_cast<double>(queue.waiting()); }});
}

void PasswordServices::start(const std::vector<boost::asio::io_context*>& loops) {
  if (breach_ranges_) breach_ranges_->start(loops);
}

void PasswordServices::close() {
  if (breach_ranges_) breach_ranges_->close();
}

}  // namespace ashlar::backend
