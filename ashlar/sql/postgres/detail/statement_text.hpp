// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ashlar::sql::postgres::detail {

// What a statement does, as far as its words tell.
enum class Effect : std::uint8_t {
  reads,  // may run where only reading is allowed
  adds,   // rows, by a plain INSERT: it waits for nobody but for the same key's, or for a change of the parent
  writes,
  in_transaction,  // changes the transaction that it is in, and must not stand alone: SET LOCAL
};

// Looks at a text once, when it is prepared. Error database.failed, with the reason as the cause: nothing in it, a word
// that would leave the shared connection in another state (BEGIN, SET, LISTEN, COPY, ...), a NUL, parameters that are
// not exactly $1 to $`parameters`. Comments, quoted and dollar-quoted text are left out of account.
Result<Effect> examine(std::string_view sql, std::size_t parameters);

}  // namespace ashlar::sql::postgres::detail
