// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <locale.h>

#include <clocale>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;

namespace ashlar::sql::sqlite::detail {

// Lower case, code point by code point, as the C.UTF-8 locale has it: Latin, Greek, Cyrillic and every other script
// with simple case. "ß" stays, "İ" becomes "i" with its dot lost: one code point never becomes two.
class CaseFolding {
 public:
  CaseFolding();  // throws std::runtime_error when the system has no C.UTF-8 locale
  ~CaseFolding();
  CaseFolding(const CaseFolding&) = delete;
  CaseFolding& operator=(const CaseFolding&) = delete;

  void append_folded(std::string_view text, std::string& out) const;
  // Adds ashlar_fold and ashlar_contains to the connection, which must not outlive this.
  void add_to(sqlite3* connection);

 private:
  locale_t locale_;
};

}  // namespace ashlar::sql::sqlite::detail
