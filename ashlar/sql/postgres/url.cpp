// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/url.hpp"

#include "ashlar/sql/open.hpp"

#include <libpq-fe.h>

#include <memory>

namespace ashlar::sql::postgres {
namespace {

using Parts = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

// Null when it cannot be read.
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

}  // namespace

bool is_url(std::string_view text) { return text.starts_with("postgresql:") || text.starts_with("postgres:"); }

Result<> check_url(std::string_view url) {
  const bool whole = url.starts_with("postgresql://") || url.starts_with("postgres://");
  if (whole && !url.contains('\0') && parse(url) != nullptr) return {};
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
