// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/sql/postgres/database.hpp"
#include "ashlar/sql/postgres/detail/connection.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <memory>

namespace ashlar::sql::postgres::detail {

class Loop;

// Blocks. A connection for `blocking` has no time limits; the others are prepared for a Connection.
[[nodiscard]] Result<ConnectionHandle> connect(const Options& options, Use use);

// Connects and sends cancel requests on its own threads: libpq blocks during name look-ups and while it connects for a
// cancel request.
class Dialer {
 public:
  explicit Dialer(const Options& options) : options_(options), threads_(threads) {}
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;
  ~Dialer() { stop(); }

  [[nodiscard]] Result<ConnectionHandle> connect(Use use) const { return detail::connect(options_, use); }
  // Ends in loop->dialed(), on the loop's thread, unless stop() is called first.
  void dial(std::shared_ptr<Loop> loop, Use use);
  void cancel(CancelHandle cancel);  // null: does nothing
  // Waits for running work: at most connect_time_max, and five seconds for a cancel request.
  void stop();

 private:
  static constexpr std::size_t threads = 3;
  const Options& options_;
  std::atomic<bool> stopped_ = false;
  boost::asio::thread_pool threads_;
};

}  // namespace ashlar::sql::postgres::detail
