// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/job.hpp"

#include "ashlar/sql/detail/resumption.hpp"

#include <boost/asio/post.hpp>

namespace ashlar::sql::postgres::detail {

using sql::detail::Resumption;

void resume(boost::asio::io_context& loop, JobList answered) {
  if (!answered.empty()) Resumption(loop, std::move(answered))();
}

void post(boost::asio::io_context& loop, JobList answered) {
  if (!answered.empty()) boost::asio::post(loop, Resumption(loop, std::move(answered)));
}

}  // namespace ashlar::sql::postgres::detail
