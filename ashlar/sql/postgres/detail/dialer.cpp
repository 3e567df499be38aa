// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/dialer.hpp"

#include "ashlar/sql/postgres/detail/errors.hpp"
#include "ashlar/sql/postgres/detail/loop.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace ashlar::sql::postgres::detail {
namespace {

void ignore_notice(void*, const PGresult*) {}

// Settings of the session; none when other clients use the session next.
std::string settings(const Options& options, Use use) {
  if (options.pooler == Pooler::transaction && use != Use::blocking) return {};
  std::string out =
      "SET TimeZone = 'UTC'; SET default_transaction_isolation = '" + std::string(to_string(options.isolation)) + "'";
  if (use == Use::blocking) return out;
  out += "; SET statement_timeout = " + std::to_string(options.statement_time_max.count());
  out += "; SET idle_in_transaction_session_timeout = " + std::to_string(options.transaction_time_max.count());
  return out;
}

// Checks the settings that the server reported at the start. A pooler reports its server's.
Result<> check_suitable(PGconn* connection, const Options& options, Use use) {
  const auto reported = [connection](const char* parameter) -> std::string_view {
    const char* const value = PQparameterStatus(connection, parameter);
    return value == nullptr ? std::string_view() : value;
  };
  const auto encoding = reported("server_encoding");
  if (encoding != "UTF8")
    return std::unexpected(unsuitable("the database's encoding is " + std::string(encoding) + ", not UTF8"));
  if (options.pooler == Pooler::none || use == Use::blocking) return {};
  const auto zone = reported("TimeZone");
  constexpr std::array<std::string_view, 4> utc = {"UTC", "Etc/UTC", "GMT", "Etc/GMT"};
  if (std::ranges::find(utc, zone) != utc.end()) return {};
  return std::unexpected(
      unsuitable("the database's time zone is " + std::string(zone) + ", and must be UTC behind a transaction pooler"));
}

ConnectionHandle connect_to(const Options& options, const std::string& url) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.connect_time_max);
  const std::string connect_timeout = std::to_string(std::max<std::int64_t>(2, seconds.count()));
  // Parameters before dbname are defaults that the URL may change.
  const std::array<const char*, 10> keywords = {
      "fallback_application_name", "connect_timeout",  "gssencmode", "tcp_user_timeout", "keepalives_idle",
      "keepalives_interval",       "keepalives_count", "dbname",     "client_encoding",  nullptr};
  const std::array<const char*, 10> values = {
      "ashlar", connect_timeout.c_str(), "disable", "5000", "30", "5", "3", url.c_str(), "UTF8", nullptr};
  constexpr int expand_dbname = 1;
  return ConnectionHandle(PQconnectdbParams(keywords.data(), values.data(), expand_dbname));
}

}  // namespace

Result<ConnectionHandle> connect(const Options& options, Use use) {
  const bool direct = options.pooler == Pooler::transaction && use == Use::blocking;
  ConnectionHandle handle = connect_to(options, direct ? options.direct_url : options.url);
  if (!handle) throw std::bad_alloc();
  if (PQstatus(handle.get()) != CONNECTION_OK) return std::unexpected(unavailable(message_of(handle.get())));
  PQsetNoticeReceiver(handle.get(), ignore_notice, nullptr);
  if (auto suitable = check_suitable(handle.get(), options, use); !suitable)
    return std::unexpected(std::move(suitable.error()));
  if (const std::string sets = settings(options, use); !sets.empty()) {
    const ResultHandle set(PQexec(handle.get(), sets.c_str()));
    if (PQresultStatus(set.get()) != PGRES_COMMAND_OK) return std::unexpected(unavailable(message_of(handle.get())));
  }
  if (use != Use::blocking && (PQsetnonblocking(handle.get(), 1) != 0 || PQenterPipelineMode(handle.get()) == 0)) {
    return std::unexpected(unavailable(message_of(handle.get())));
  }
  return handle;
}

void Dialer::dial(std::shared_ptr<Loop> loop, Use use) {
  boost::asio::post(threads_, [this, loop = std::move(loop), use]() mutable {
    if (stopped_) return;
    auto result = connect(use);
    auto& to = *loop;
    to.post(
        [loop = std::move(loop), use, result = std::move(result)]() mutable { loop->dialed(use, std::move(result)); });
  });
}

void Dialer::cancel(CancelHandle cancel) {
  if (!cancel) return;
  boost::asio::post(threads_, [this, cancel = std::move(cancel)] {
    std::array<char, 256> ignored{};
    if (!stopped_) PQcancel(cancel.get(), ignored.data(), static_cast<int>(ignored.size()));
  });
}

void Dialer::stop() {
  stopped_ = true;
  threads_.join();
}

}  // namespace ashlar::sql::postgres::detail
