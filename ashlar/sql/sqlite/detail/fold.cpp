// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/fold.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/unicode.hpp"

#include <sqlite3.h>

#include <string>
#include <string_view>

namespace ashlar::sql::sqlite::detail {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

// `part` is folded already. Most texts are ASCII: these are searched without folding.
bool contains_folded(std::string_view text, std::string_view part) {
  if (part.empty()) return true;
  bool all_ascii = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = ascii_lower(text[at]);
    all_ascii = all_ascii && static_cast<unsigned char>(c) < 0x80;
    if (c != part[0] || text.size() - at < part.size()) continue;
    std::size_t same = 1;
    while (same < part.size() && ascii_lower(text[at + same]) == part[same]) ++same;
    if (same == part.size()) return true;
  }
  if (all_ascii) return false;
  thread_local std::string folded;
  folded.clear();
  append_lower_case(text, folded);
  return folded.find(part) != std::string::npos;
}

void fold(sqlite3_context* call, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return sqlite3_result_null(call);
  std::string out;
  append_lower_case(text_of(arguments[0]), out);
  sqlite3_result_text(call, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

void contains(sqlite3_context* call, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL || sqlite3_value_type(arguments[1]) == SQLITE_NULL) {
    return sqlite3_result_null(call);
  }
  // The part is the same for all rows of a search: it is folded once.
  auto* part = static_cast<std::string*>(sqlite3_get_auxdata(call, 1));
  std::string once;
  if (part == nullptr) {
    append_lower_case(text_of(arguments[1]), once);
  }
  const bool found = contains_folded(text_of(arguments[0]), part != nullptr ? *part : once);
  sqlite3_result_int(call, found ? 1 : 0);
  if (part == nullptr) {
    // Last, since SQLite may delete it immediately.
    sqlite3_set_auxdata(call, 1, new std::string(std::move(once)),
                        [](void* kept) { delete static_cast<std::string*>(kept); });
  }
}

}  // namespace

void add_case_folding(sqlite3* connection) {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function_v2(connection, "ashlar_fold", 1, flags, nullptr, fold, nullptr, nullptr, nullptr);
  sqlite3_create_function_v2(connection, "ashlar_contains", 2, flags, nullptr, contains, nullptr, nullptr, nullptr);
}

}  // namespace ashlar::sql::sqlite::detail
