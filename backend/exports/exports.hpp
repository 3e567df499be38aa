// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/caller_source.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/audit/sealer.hpp"
#include "ashlar/core/signing_keys.hpp"
#include "ashlar/jobs/enqueuer.hpp"
#include "backend/exports/export.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::backend {

struct ExportOptions {
  std::chrono::milliseconds link_max{3'600'000};   // how long a link to a file works
  std::chrono::milliseconds kept{24 * 3'600'000};  // then an export and its file are removed; at least link_max
  std::chrono::milliseconds snapshot_max{60'000};  // of reading in one snapshot; the rest is read page by page
  std::size_t chunk_bytes = 256 * 1024;            // of a file in memory
  std::int64_t rows_per_read_max = 2'000;          // in one statement
};

// Who may have which export, and the links to files. Usable from every loop. All references outlive it.
class Exports {
 public:
  struct Services {
    api::Units& units;
    const jobs::Enqueuer& enqueuer;
    api::AuthoritySource& authorities;
    audit::Sealer& sealer;  // so that an export has the newest audit entries
  };
  Exports(Services services, std::string key, ExportOptions options);
  Exports(const Exports&) = delete;
  Exports& operator=(const Exports&) = delete;

  [[nodiscard]] api::Units& units() const { return services_.units; }
  [[nodiscard]] const jobs::Enqueuer& enqueuer() const { return services_.enqueuer; }
  [[nodiscard]] audit::Sealer& sealer() const { return services_.sealer; }
  [[nodiscard]] const ExportOptions& options() const { return options_; }
  [[nodiscard]] async::BlockingPool& pool() { return pool_; }  // writes XLSX files

  // The permission that reads rows of the type, besides create:export. auth.forbidden.
  [[nodiscard]] static Result<> require(const api::Call& call, ExportType type);
  // Whether the account that asked for the export may still have it: its link needs no token.
  Task<Result<>> require_owner_may(const api::Call& call, ExportRow row);

  // With a new link where it is done.
  [[nodiscard]] Export show(const ExportRow& row, Timestamp now) const;
  [[nodiscard]] bool is_link(const Uuid& id, std::string_view expires, std::string_view signature, Timestamp now) const;

 private:
  const Services services_;
  const SigningKeys keys_;
  const ExportOptions options_;
  async::BlockingPool pool_;
};

}  // namespace ashlar::backend
