// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/audit/checkpoint.hpp"
#include "ashlar/audit/tree.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/sql/database.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace ashlar::audit {

struct SealerOptions {
  std::chrono::milliseconds interval{200};         // from wake() to the seal: what comes meanwhile is one batch
  std::chrono::milliseconds idle_interval{1'000};  // between two looks while nothing calls wake()
  std::int64_t batch_max = 4'096;           // entries in one transaction; those of one unit of work stay together
  std::filesystem::path checkpoint_folder;  // where each checkpoint is written, too; empty: nowhere
};

struct Sealed {
  std::int64_t entries = 0;
  bool more = false;      // there are more to seal
  std::string seen = {};  // as TreeRow::seen, after it; empty: another sealer works
};

// Appends the entries that units of work have written to the tree, and signs a checkpoint of each new size.
//
// Writers take no lock for it. Of all instances one seals at a time: it locks the tree's row, and the others skip their
// turn. On PostgreSQL a batch is what the present snapshot sees and the snapshot of the last batch did not see, so an
// entry that is committed late gets a later leaf: none is skipped, and an open transaction delays nobody else's
// entries. On SQLite the entries come in the order of their rows. An entry that is not sealed yet is in no proof: with
// the default intervals, for about 200 ms, or for 1.2 s if the process that wrote it ends before it seals it.
//
// Everything that it is given outlives it.
class Sealer {
 public:
  Sealer(sql::Database& database, const CheckpointSigner& signer, const Clock& clock, log::Logger& logger,
         SealerOptions options);
  ~Sealer();  // after close(), or without start()
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  // Before the loop has a thread.
  void start(boost::asio::io_context& loop);
  // Entries of this process were committed. From any thread.
  void wake();
  // When the loop's thread is joined, and before the database is closed. The second time it does nothing.
  void close();

  enum class Busy : std::uint8_t { wait, skip };  // while another sealer works
  // One batch. From any loop.
  Task<Result<Sealed>> seal_batch(Busy busy);
  // Everything that is committed when it is called; one read where there is nothing.
  Task<Result<std::int64_t>> seal_all();

  [[nodiscard]] const CheckpointSigner& signer() const { return signer_; }

 private:
  struct Batch;
  Task<Result<TreeRow>> lock_tree(sql::Transaction& in, Busy busy);
  Task<Result<Batch>> read_batch(sql::Transaction& in, const TreeRow& tree, std::int64_t rows_max);
  Task<Result<bool>> is_in_another_cluster(sql::Transaction& in, const TreeRow& tree);
  Task<Result<>> append(sql::Transaction& in, TreeRow& tree, const Batch& batch);
  Task<Result<bool>> any_new(std::string seen);
  Task<Result<std::int64_t>> seal_in_turn();
  Task<> run();
  Task<> publish(std::string checkpoint);
  void report(const Result<std::int64_t>& sealed);

  sql::Database& database_;
  const CheckpointSigner& signer_;
  const Clock& clock_;
  log::Logger& logger_;
  const SealerOptions options_;
  std::unique_ptr<async::BlockingPool> files_;  // null: nothing is published
  bool failing_ = false;
  std::string seen_;  // the tree's or an older one; empty: not read yet. Of run()
  async::Wakeup wakeup_;
  struct OnLoop;
  std::unique_ptr<OnLoop> on_loop_;
};

}  // namespace ashlar::audit
