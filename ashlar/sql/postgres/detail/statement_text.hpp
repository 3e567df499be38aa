// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ashlar::sql::postgres::detail {

// The effect of a statement, judging by its words.
enum class Effect : std::uint8_t {
  reads,  // allowed in read-only sessions
  adds,   // rows, by plain INSERTs alone: waits only for an insert of the same key, or for a change of the parent row
  writes,
  in_transaction,  // changes the transaction that it is in, and must not run on its own: SET LOCAL
};

// Checks a text once, when it is prepared. Error database.failed, with the reason as the cause: an empty text, a word
// that would change the state of the shared connection (BEGIN, SET, LISTEN, COPY, ...), a NUL, or parameters other than
// exactly $1 to $`parameters`. Ignores comments, quoted and dollar-quoted text.
Result<Effect> examine(std::string_view sql, std::size_t parameters);

}  // namespace ashlar::sql::postgres::detail
