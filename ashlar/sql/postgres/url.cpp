// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/url.hpp"

#include "ashlar/sql/open.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <string>

namespace ashlar::sql::postgres {
namespace {

using Parts = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

// Null when it cannot be parsed.
Parts parse(std::string_view url) {
  char* complaint = nullptr;
  Parts parts(PQconninfoParse(std::string(url).c_str(), &complaint), &PQconninfoFree);
  PQfreemem(complaint);
  return parts;
}

std::string_view part(const Parts& parts, std::string_view keyword) {
  for (const PQconninfoOption* option = parts.get(); option->keyword != nullptr; ++option) {
    if (keyword == option->keyword && option->val != nullptr) return option->val;
  }
  return {};
}

bool is_parameter(std::string_view name) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> known(PQconndefaults(), &PQconninfoFree);
  for (const PQconninfoOption* option = known.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (name == option->keyword) return true;
  }
  return name == "ssl";  // JDBC's, which libpq accepts as well
}

// Letters and underscores, like all existing parameters: any other text may be part of a password.
bool looks_like_a_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; });
}

// The first parameter that libpq does not know. None when it may be part of a password: before the last @, or after a
// parameter that is one.
std::string_view unknown_parameter(std::string_view url) {
  const auto question = url.find('?');
  if (question == std::string_view::npos || url.find('@', question) != std::string_view::npos) return {};
  std::string_view rest = url.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    const std::string_view name = pair.substr(0, pair.find('='));
    if (!is_parameter(name)) return pair.contains('=') && looks_like_a_name(name) ? name : std::string_view();
    if (name.contains("password")) return {};
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
  }
  return {};
}

}  // namespace

bool is_url(std::string_view text) { return text.starts_with("postgresql:") || text.starts_with("postgres:"); }

Result<> check_url(std::string_view url) {
  const bool whole = url.starts_with("postgresql://") || url.starts_with("postgres://");
  if (whole && !url.contains('\0') && parse(url) != nullptr) return {};
  if (const auto name = unknown_parameter(url); whole && !name.empty()) {
    const std::string hint =
        name == "schema" ? "; a schema is options=-csearch_path%3DNAME" : "; PostgreSQL's documentation lists them";
    return fail(errors::unsupported_url, "the parameter '" + std::string(name) + "' is unknown" + hint);
  }
  return fail(errors::unsupported_url,
              "expected postgresql://USER:PASSWORD@HOST:PORT/NAME; characters of the password other than letters, "
              "digits and -._~ are written as %XX");
}

std::string shown_url(std::string_view url) {
  const Parts parts = parse(url);
  if (parts == nullptr) return {};
  const std::string_view user = part(parts, "user");
  const std::string_view host = part(parts, "host");
  const std::string_view port = part(parts, "port");
  const std::string_view name = part(parts, "dbname");
  std::string out = "postgresql://";
  if (!user.empty()) out.append(user).append("@");
  out += host;
  if (!port.empty()) out.append(":").append(port);
  if (!name.empty()) out.append("/").append(name);
  return out;
}

}  // namespace ashlar::sql::postgres
