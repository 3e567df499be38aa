// SPDX-License-Identifier: Apache-2.0
#include "cli/welcome.hpp"

#include "ashlar/sql/open.hpp"
#include "backend/version.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace ashlar::cli {

namespace {

// Registers a new user each time it is pasted, and shows the answer of /api/users/me.
constexpr const char* curl_line =
    R"curl(token=$(curl -sS @/api/auth/register -H 'Content-Type: application/json' -d '{"name": "Ada", "email": "ada'$RANDOM$RANDOM'@example.com", "password": "correct horse"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/'); curl -sS @/api/users/me -H "Authorization: Bearer $token"; echo)curl";

std::string with_address(std::string text, const std::string& address) {
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
    if (text.compare(at, 2, "@/") == 0) text.replace(at, 1, address);
  }
  return text;
}

// The same for a self-signed certificate.
std::string trusting(std::string line, const http::TlsOptions& tls) {
  const std::string_view command = "curl -sS ";
  const std::string option = "--cacert '" + tls.certificate_chain_file + "' ";
  for (std::size_t at = line.find(command); at != line.npos; at = line.find(command, at)) {
    at += command.size();
    line.insert(at, option);
  }
  return line;
}

std::string an_admin(sql::Database& database) {
  std::string email;
  (void)database.query_blocking({.sql = "select email from users where role = 'admin' order by created_at limit 1",
                                 .parameters = {},
                                 .mode = sql::Mode::read,
                                 .on_row = [&](const sql::Row& row) { email = row.text(0); }});
  return email;
}

std::string admin_line(const backend::Settings& settings, const backend::FirstAdminOutcome& admin,
                       sql::Database& database) {
  using Kind = backend::FirstAdminOutcome::Kind;
  if (admin.kind == Kind::generated) return admin.email + "  password " + admin.password + "  (shown this once)";
  const std::string email = admin.kind == Kind::made ? admin.email : an_admin(database);
  if (email.empty()) return "none; create one: ashlar user create EMAIL --name NAME --role admin";
  if (settings.first_admin && settings.first_admin->email.view() == email)
    return email + "  password: see ADMIN_PASSWORD";
  return email + "  (another password: ashlar user password " + email + ")";
}

}  // namespace

void print_welcome(const backend::Settings& settings, std::uint16_t port, const backend::FirstAdminOutcome& admin,
                   backend::Dependencies dependencies) {
  const bool anywhere = settings.host == "0.0.0.0" || settings.host == "::" || settings.host == "127.0.0.1";
  const std::string host = anywhere                      ? "localhost"
                           : settings.host.contains(':') ? "[" + settings.host + "]"
                                                         : settings.host;
  const std::string address = (settings.tls ? "https://" : "http://") + host + ":" + std::to_string(port);
  const std::string text =
      "\n  Ashlar " + std::string(backend::version()) + " serves " + sql::shown_database_url(settings.database_url) +
      "\n\n  Address  " + address + "\n  API docs " + address + "/docs\n  Admin    " +
      admin_line(settings, admin, dependencies.database) +
      "\n\n  To register a user and read the account, paste this into another terminal:\n\n" +
      with_address(settings.tls ? trusting(curl_line, *settings.tls) : curl_line, address) + "\n\n";
  std::FILE* to = isatty(STDOUT_FILENO) == 1 ? stdout : stderr;
  std::fputs(text.c_str(), to);
  std::fflush(to);
}

}  // namespace ashlar::cli
