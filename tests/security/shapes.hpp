// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// Messages as an attacker, or an honest client, may shape them. Each is sent over a socket to a server that says in its
// answer what it took the request for, as a whole (behind an honest request, in one write) and in single bytes.
namespace ashlar::test {

// Refused: one answer with this status and `Connection: close`, then the end of the connection. A request for
// /smuggled follows it, which must be neither answered nor seen by the handler.
struct Refused {
  std::string_view what;
  std::string_view section;  // of the RFC that requires or allows it
  int status;
  std::string bytes;
};
void check(const std::vector<Refused>& shapes);

enum class After : unsigned char { stays, closes };  // what becomes of the connection

// Taken: 200 and `echo`. The request that follows is answered, too, unless the connection ends.
struct Taken {
  std::string_view what;
  std::string_view section;
  std::string bytes;
  std::string
      echo;  // "<method> <path> <authority>", then "?<query>", " X=<value>" and " [<body>]" where there are some
  After after = After::stays;
};
void check(const std::vector<Taken>& shapes);

std::string with_nul(std::string_view text);       // each '~' becomes a NUL
std::string get(std::string_view fields);          // GET / with these lines, each with its CR LF, and the blank line
std::string get_with_host(std::string_view more);  // the same behind "Host: a"
std::string post(std::string_view fields);         // POST /echo behind "Host: a"
std::string chunked(std::string_view body);        // the same with Transfer-Encoding: chunked, and the body
// A request of one line and "Host: a".
std::string line(std::string_view request_line);

}  // namespace ashlar::test
