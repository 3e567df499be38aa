// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/jobs/job.hpp"
#include "ashlar/schema/json.hpp"

#include <string>

namespace ashlar::auth {
class SecretBox;
}

namespace ashlar::jobs {

class Doorbell;
class Table;

// Enqueues jobs in units of work. Features take it by reference, next to their Units:
//
//   enqueuer.enqueue(unit, SendReceipt{order.id});
//   const Uuid import = enqueuer.enqueue(unit, ImportFile{file}, {.delay = 5min});
//   enqueuer.enqueue(unit, IndexFile{file}, {.after = import});
//
// The job is collected in the unit and inserted in the unit's last statement, directly before COMMIT: it commits with
// the unit's rows or not at all, and jobs of units that change one row are enqueued in the order of these changes. The
// workers are woken after the commit. In a unit of one statement, enqueue before that statement.
//
// A job keeps the call's principal, trace and client address. Units made by a SystemCall enqueue jobs without a
// principal. Immutable, safe from every loop. All references outlive it; the table may be filled after it is
// constructed, but before the first job is enqueued.
class Enqueuer {
 public:
  // `secrets` seals the arguments of kinds that are .encrypted(); null: such a kind cannot be enqueued.
  Enqueuer(const Table& table, Doorbell& doorbell, const auth::SecretBox* secrets = nullptr)
      : table_(table), doorbell_(doorbell), secrets_(secrets) {}
  Enqueuer(const Enqueuer&) = delete;
  Enqueuer& operator=(const Enqueuer&) = delete;

  // Returns the job's id. A job that its unique key keeps out does not get into the database; its id names no job then.
  // Throws std::logic_error for a kind that the table lacks, and for options that are out of range.
  template <Job J>
  Uuid enqueue(api::UnitOfWork& unit, const J& job, const EnqueueOptions& options = {}) const {
    return enqueue_json(unit, J::job_name, schema::to_json(job), options);
  }

  // The same with the kind's name and its arguments as JSON, which are not checked against the kind here.
  Uuid enqueue_json(api::UnitOfWork& unit, std::string_view kind, std::string json,
                    const EnqueueOptions& options = {}) const;

 private:
  const Table& table_;
  Doorbell& doorbell_;
  const auth::SecretBox* secrets_;
};

}  // namespace ashlar::jobs
