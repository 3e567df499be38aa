// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/errors.hpp"

#include "ashlar/sql/database.hpp"

namespace ashlar::sql::postgres::detail {
namespace {

constexpr std::size_t sql_shown_max = 500;  // bytes of a statement in a cause

std::string_view field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

std::string joined(std::string_view table, std::string_view column) {
  return std::string(table) + "." + std::string(column);
}

// The columns from the detail, "Key (a, b)=(1, 2) already exists.", in any language: "table.a, table.b". An expression,
// or a withheld detail, has no columns: then the constraint's name.
std::string unique_subject(const PGresult* result) {
  const auto table = field(result, PG_DIAG_TABLE_NAME);
  const auto detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  const auto constraint = std::string(field(result, PG_DIAG_CONSTRAINT_NAME));
  const auto open = detail.find('(');
  const auto close = detail.find(")=(");
  if (table.empty() || open == std::string_view::npos || close == std::string_view::npos || close < open)
    return constraint;
  auto columns = detail.substr(open + 1, close - open - 1);
  if (columns.find_first_of("(:") != std::string_view::npos) return constraint;
  std::string out;
  while (!columns.empty()) {
    const auto comma = columns.find(", ");
    out += (out.empty() ? "" : ", ") + joined(table, columns.substr(0, comma));
    columns = comma == std::string_view::npos ? std::string_view() : columns.substr(comma + 2);
  }
  return out;
}

std::string full_text(const PGresult* result, std::string_view sql) {
  std::string out = std::string(field(result, PG_DIAG_MESSAGE_PRIMARY)) + " (" + std::string(state_of(result)) + ")";
  if (const auto detail = field(result, PG_DIAG_MESSAGE_DETAIL); !detail.empty()) out += " " + std::string(detail);
  if (!sql.empty()) out += ": " + std::string(sql.substr(0, sql_shown_max));
  return out;
}

bool is_unavailable(std::string_view state) {
  // 08P01, a protocol violation, is a wrong number of parameters: our bug. 25006: a primary that became a standby.
  if (state == "08P01") return false;
  return state.starts_with("08") || state.starts_with("53") || state.starts_with("57P") || state.starts_with("58") ||
         state == read_only_state;
}

}  // namespace

bool spoils_session(std::string_view state) {
  constexpr std::string_view out_of_memory = "53200";
  constexpr std::string_view protocol_violation = "08P01";  // a wrong number of parameters: our bug
  if (state == protocol_violation) return false;
  return state.starts_with("08") || state.starts_with("57P") || state.starts_with("XX") || state == out_of_memory;
}

Error unavailable(std::string cause) {
  return Error(errors::unavailable, "The database is not available right now.")
      .with_retry_after(std::chrono::seconds(1))
      .with_cause(std::move(cause));
}

Error unsuitable(std::string cause) {
  return Error(errors::unsuitable, "The database is not available right now.").with_cause(std::move(cause));
}

Error outcome_unknown(std::string cause) {
  return Error(errors::outcome_unknown, "It is unknown whether this was done. Check before you try again.")
      .with_cause(std::move(cause));
}

Error timed_out(std::string cause) {
  return Error(errors::timed_out, "The database took too long.").with_cause(std::move(cause));
}

Error failed(std::string cause) {
  return Error(errors::failed, "The database refused a statement.").with_cause(std::move(cause));
}

Error serialization(std::string cause) {
  return Error(errors::serialization, "The same data was changed at the same time.").with_cause(std::move(cause));
}

std::string_view state_of(const PGresult* result) { return field(result, PG_DIAG_SQLSTATE); }

Error error_of(const PGresult* result, std::string_view sql) {
  const auto state = state_of(result);
  if (state == "23505") return Error(errors::unique, "This exists already.").with_cause(unique_subject(result));
  if (state == "23503") {
    return Error(errors::foreign_key, "This refers to something that does not exist, or something refers to it.")
        .with_cause(full_text(result, {}));
  }
  if (state == "23514" || state == "23P01") {
    return Error(errors::check, "A value breaks a rule of the data.")
        .with_cause(std::string(field(result, PG_DIAG_CONSTRAINT_NAME)));
  }
  if (state == "23502") {
    return Error(errors::not_null, "A value is missing.")
        .with_cause(joined(field(result, PG_DIAG_TABLE_NAME), field(result, PG_DIAG_COLUMN_NAME)));
  }
  if (state == "40001" || state == "40P01" || state == "55P03") return serialization(full_text(result, sql));
  if (state == "57014" || state == "25P03") return timed_out(full_text(result, sql));
  if (state == "22021") return Error(errors::invalid_text, "Text must be UTF-8.").with_cause(full_text(result, {}));
  if (state.empty()) return unavailable(PQresultErrorMessage(result));
  if (is_unavailable(state)) return unavailable(full_text(result, {}));
  return failed(full_text(result, sql));
}

bool is_stale_statement(const PGresult* result) {
  const auto state = state_of(result);
  // 0A000 has other reasons as well. The name of the reporting function is not translated, unlike the message.
  return state == "26000" || (state == "0A000" && field(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery");
}

std::string message_of(const PGconn* connection) {
  std::string out = PQerrorMessage(connection);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  for (char& c : out) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return out;
}

}  // namespace ashlar::sql::postgres::detail
