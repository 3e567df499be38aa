// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/fold.hpp"

#include <sqlite3.h>

#include <wctype.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace ashlar::sql::sqlite::detail {
namespace {

// The code point at `at`, which moves past it. Ill-formed bytes stand for themselves, one at a time.
struct CodePoint {
  char32_t value;
  std::size_t length;
};
CodePoint decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto more = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xc0) == 0x80; };
  const unsigned char lead = byte(0);
  if (lead >= 0xc2 && lead < 0xe0 && more(1)) return {char32_t(lead & 0x1f) << 6 | (byte(1) & 0x3f), 2};
  if (lead >= 0xe0 && lead < 0xf0 && more(1) && more(2)) {
    return {char32_t(lead & 0x0f) << 12 | char32_t(byte(1) & 0x3f) << 6 | (byte(2) & 0x3f), 3};
  }
  if (lead >= 0xf0 && lead < 0xf5 && more(1) && more(2) && more(3)) {
    return {
        char32_t(lead & 0x07) << 18 | char32_t(byte(1) & 0x3f) << 12 | char32_t(byte(2) & 0x3f) << 6 | (byte(3) & 0x3f),
        4};
  }
  return {lead, 1};
}

void append(char32_t c, std::string& out) {
  const auto put = [&out](char32_t value) { out += static_cast<char>(value); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  }
}

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

const CaseFolding& folding_of(sqlite3_context* call) {
  return *static_cast<const CaseFolding*>(sqlite3_user_data(call));
}

unsigned char ascii_folded(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

// `part` is folded already. Most texts are ASCII: those are searched as they are.
bool contains_folded(const CaseFolding& folding, std::string_view text, std::string_view part) {
  if (part.empty()) return true;
  const auto first = static_cast<unsigned char>(part[0]);
  bool all_ascii = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned char c = ascii_folded(text[at]);
    all_ascii = all_ascii && c < 0x80;
    if (c != first || text.size() - at < part.size()) continue;
    std::size_t same = 1;
    while (same < part.size() && ascii_folded(text[at + same]) == static_cast<unsigned char>(part[same])) ++same;
    if (same == part.size()) return true;
  }
  if (all_ascii) return false;
  thread_local std::string folded;
  folded.clear();
  folding.append_folded(text, folded);
  return folded.find(part) != std::string::npos;
}

void fold(sqlite3_context* call, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return sqlite3_result_null(call);
  std::string out;
  folding_of(call).append_folded(text_of(arguments[0]), out);
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
    folding_of(call).append_folded(text_of(arguments[1]), once);
  }
  const bool found = contains_folded(folding_of(call), text_of(arguments[0]), part != nullptr ? *part : once);
  sqlite3_result_int(call, found ? 1 : 0);
  if (part == nullptr) {
    // Last, since SQLite may delete it at once.
    sqlite3_set_auxdata(call, 1, new std::string(std::move(once)),
                        [](void* kept) { delete static_cast<std::string*>(kept); });
  }
}

}  // namespace

CaseFolding::CaseFolding() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
  if (locale_ == nullptr) throw std::runtime_error("the system has no locale C.UTF-8");
}

CaseFolding::~CaseFolding() { freelocale(locale_); }

void CaseFolding::append_folded(std::string_view text, std::string& out) const {
  const std::size_t start = out.size();
  out.append(text);
  std::size_t at = 0;
  for (; at < text.size() && static_cast<unsigned char>(text[at]) < 0x80; ++at) {
    char& c = out[start + at];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  if (at == text.size()) return;
  out.resize(start + at);
  while (at < text.size()) {
    const auto [c, length] = decode(text, at);
    if (length == 1 && c >= 0x80) {
      out += text[at];
    } else {
      append(static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), locale_)), out);
    }
    at += length;
  }
}

void CaseFolding::add_to(sqlite3* connection) {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function_v2(connection, "ashlar_fold", 1, flags, this, fold, nullptr, nullptr, nullptr);
  sqlite3_create_function_v2(connection, "ashlar_contains", 2, flags, this, contains, nullptr, nullptr, nullptr);
}

}  // namespace ashlar::sql::sqlite::detail
