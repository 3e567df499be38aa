// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace ashlar::sql::postgres::detail {

struct Release {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};
using ConnectionHandle = std::unique_ptr<PGconn, Release>;
using ResultHandle = std::unique_ptr<PGresult, Release>;
using CancelHandle = std::unique_ptr<PGcancel, Release>;

// Whether TLS holds bytes already read from the socket, which would not become readable for them.
[[nodiscard]] bool has_decrypted_more(PGconn* connection);

}  // namespace ashlar::sql::postgres::detail
