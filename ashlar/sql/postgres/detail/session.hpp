// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/postgres/detail/loop.hpp"

#include <memory>

namespace ashlar::sql::postgres::detail {

// A transaction on its own connection. BEGIN is sent with the first statement, so an empty transaction costs nothing.
class Session final : public Transaction::Session {
 public:
  Session(std::shared_ptr<Loop> loop, std::shared_ptr<Connection> connection,
          std::chrono::milliseconds answer_time_max);
  ~Session() override;

  [[nodiscard]] Dialect dialect() const override { return Dialect::postgres; }
  Task<Result<Outcome>> execute(Statement statement) override;
  Task<Result<Outcome>> insert_bulk(BulkRows rows) override;
  Task<Result<>> commit() override;
  Task<Result<>> rollback() override;

 private:
  enum class Stage : std::uint8_t { fresh, open, over };

  Task<Result<>> end(Job::Kind kind);
  [[nodiscard]] auto sent(Job& job, Connection::Before before);
  void give_back();

  std::shared_ptr<Loop> loop_;
  std::shared_ptr<Connection> connection_;
  std::chrono::milliseconds answer_time_max_;
  Stage stage_ = Stage::fresh;
};

}  // namespace ashlar::sql::postgres::detail
