// SPDX-License-Identifier: Apache-2.0
// Request lines, fields, Host and the request's target.
#include "tests/security/shapes.hpp"

#include <gtest/gtest.h>

namespace ashlar::test {
namespace {

std::string target(std::string_view form, std::string_view host = "a") {
  return std::string("GET ").append(form).append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n\r\n");
}

TEST(RequestHead, LinesThatAreNoRequestLineAreRefused) {
  check(std::vector<Refused>{
      {"HTTP/0.9", "RFC 9112 3", 400, "GET /\r\n"},
      {"HTTP/0.9 with a blank behind", "RFC 9112 3", 400, "GET / \r\n\r\n"},
      {"HTTP/1.2", "RFC 9110 15.6.6", 505, line("GET / HTTP/1.2")},
      {"HTTP/2.0", "RFC 9110 15.6.6", 505, line("GET / HTTP/2.0")},
      {"HTTP/0.9 as a version", "RFC 9110 15.6.6", 505, line("GET / HTTP/0.9")},
      {"the preface of HTTP/2 with another version", "RFC 9112 3.2.4", 400, line("PRI * HTTP/1.1")},
      {"HTTP/1.10", "RFC 9112 2.3", 400, line("GET / HTTP/1.10")},
      {"HTTP/01.1", "RFC 9112 2.3", 400, line("GET / HTTP/01.1")},
      {"HTTP/1", "RFC 9112 2.3", 400, line("GET / HTTP/1")},
      {"HTTP/1,1", "RFC 9112 2.3", 400, line("GET / HTTP/1,1")},
      {"http/1.1", "RFC 9112 2.3", 400, line("GET / http/1.1")},
      {"HTTP /1.1", "RFC 9112 2.3", 400, line("GET / HTTP /1.1")},
      {"another protocol", "RFC 9112 2.3", 400, line("OPTIONS / RTSP/1.0")},
      {"a tab before the target", "RFC 9112 3", 400, line("GET\t/ HTTP/1.1")},
      {"a tab before the version", "RFC 9112 3", 400, line("GET /\tHTTP/1.1")},
      {"a tab in the target", "RFC 9112 3.2", 400, line("GET /\tX HTTP/1.1")},
      {"a vertical tab before the target", "RFC 9112 3", 400, line("GET\x0b/ HTTP/1.1")},
      {"two blanks before the target", "RFC 9112 3", 400, line("GET  / HTTP/1.1")},
      {"two blanks before the version", "RFC 9112 3", 400, line("GET /  HTTP/1.1")},
      {"a blank behind the version", "RFC 9112 3", 400, line("GET / HTTP/1.1 ")},
      {"a blank before the method", "RFC 9112 3", 400, line(" GET / HTTP/1.1")},
      {"a blank in the target", "RFC 9112 3.2", 400, line("GET / HTTP/1.1 HTTP/1.1")},
      {"no target", "RFC 9112 3", 400, line("GET HTTP/1.1")},
      {"an empty target", "RFC 9112 3", 400, line("GET  HTTP/1.1")},
      {"no method", "RFC 9112 3", 400, line("/ HTTP/1.1")},
      {"a method that is no token", "RFC 9110 9.1", 400, line("GE(T / HTTP/1.1")},
      {"a method outside ASCII", "RFC 9110 9.1", 400, line("G\xc3\x8bT / HTTP/1.1")},
      {"a NUL in the method", "RFC 9110 9.1", 400, line(with_nul("GE~T / HTTP/1.1"))},
      {"CONNECT", "RFC 9110 9.1", 501, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"},
      {"a bare LF ends the line", "RFC 9112 2.2", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
      {"a bare CR ends the line", "RFC 9112 2.2", 400, "GET / HTTP/1.1\rHost: a\r\n\r\n"},
      {"CR CR LF ends the line", "RFC 9112 2.2", 400, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"},
      {"a bare LF before it", "RFC 9112 2.2", 400, "\n" + line("GET / HTTP/1.1")},
      {"five blank lines before it", "RFC 9112 2.2", 400, "\r\n\r\n\r\n\r\n\r\n" + line("GET / HTTP/1.1")},
      {"TLS on a plain port", "RFC 9112 3", 400, with_nul("\x16\x03\x01\x02~\x01")},
      {"a line over its limit", "RFC 9110 15.5.15", 414, line("GET /" + std::string(256, 'a') + " HTTP/1.1")},
      {"a line without end", "RFC 9110 15.5.15", 414, "GET /" + std::string(300, 'a')},
      {"a method without end", "RFC 9110 15.5.15", 414, std::string(300, 'A')},
  });
}

TEST(RequestHead, LinesThatAreNoFieldAreRefused) {
  check(std::vector<Refused>{
      {"folded", "RFC 9112 5.2", 400, get_with_host("X: a\r\n b\r\n")},
      {"folded by a tab", "RFC 9112 5.2", 400, get_with_host("X: a\r\n\tb\r\n")},
      {"a line of blanks", "RFC 9112 5.2", 400, get_with_host("X: a\r\n \r\n")},
      {"a blank before the first name", "RFC 9112 2.2", 400, get(" Host: a\r\n")},
      {"a blank before the colon", "RFC 9112 5.1", 400, get_with_host("X : a\r\n")},
      {"a tab before the colon", "RFC 9112 5.1", 400, get_with_host("X\t: a\r\n")},
      {"a blank in the name", "RFC 9110 5.1", 400, get_with_host("X Y: a\r\n")},
      {"no colon", "RFC 9112 5", 400, get_with_host("X\r\n")},
      {"no name", "RFC 9110 5.1", 400, get_with_host(": a\r\n")},
      {"a name that is no token", "RFC 9110 5.6.2", 400, get_with_host("X[]: a\r\n")},
      {"a name in quotation marks", "RFC 9110 5.6.2", 400, get_with_host("\"X\": a\r\n")},
      {"a name outside ASCII", "RFC 9110 5.6.2", 400, get_with_host("X\xc3\xa4: a\r\n")},
      {"a NUL in the name", "RFC 9110 5.6.2", 400, get_with_host(with_nul("X~Y: a\r\n"))},
      {"a NUL in the value", "RFC 9110 5.5", 400, get_with_host(with_nul("X: a~b\r\n"))},
      {"a NUL behind the value", "RFC 9110 5.5", 400, get_with_host(with_nul("X: a~\r\n"))},
      {"a bell in the value", "RFC 9110 5.5", 400, get_with_host("X: a\x07\r\n")},
      {"a DEL in the value", "RFC 9110 5.5", 400, get_with_host("X: a\x7f\r\n")},
      {"a bare LF", "RFC 9112 2.2", 400, get_with_host("X: a\nY: b\r\n")},
      {"a bare CR", "RFC 9112 2.2", 400, get_with_host("X: a\rY: b\r\n")},
      {"CR CR LF", "RFC 9112 2.2", 400, get_with_host("X: a\r\r\n")},
      {"LF CR", "RFC 9112 2.2", 400, get_with_host("X: a\n\r\n")},
      {"a bare LF for the blank line", "RFC 9112 2.2", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
      {"CR and another byte for the blank line", "RFC 9112 2.2", 400, "GET / HTTP/1.1\r\nHost: a\r\n\rX\r\n\r\n"},
      {"only LFs", "RFC 9112 2.2", 400, "GET / HTTP/1.1\nHost: a\n\n"},
      {"an expectation that we do not know", "RFC 9110 10.1.1", 417, get_with_host("Expect: 200-ok\r\n")},
      {"over their size", "RFC 6585 5", 431, get_with_host("X: " + std::string(600, 'a') + "\r\n")},
      {"a value without end", "RFC 6585 5", 431, "GET / HTTP/1.1\r\nX: " + std::string(600, 'a')},
      {"a name without end", "RFC 6585 5", 431, "GET / HTTP/1.1\r\n" + std::string(600, 'a')},
      {"over their number", "RFC 6585 5", 431,
       get_with_host("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\nH: 1\r\n")},
  });
}

TEST(RequestHead, HostsThatAreNotOneAreRefused) {
  check(std::vector<Refused>{
      {"none", "RFC 9112 3.2", 400, get("")},
      {"none but another field", "RFC 9112 3.2", 400, get("X-Forwarded-Host: a\r\n")},
      {"two", "RFC 9112 3.2", 400, get("Host: a\r\nHost: b\r\n")},
      {"the same twice", "RFC 9112 3.2", 400, get("Host: a\r\nhost: a\r\n")},
      {"two in HTTP/1.0", "RFC 9112 3.2", 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
      {"a list", "RFC 9112 3.2", 400, get("Host: a, b\r\n")},
      {"empty", "RFC 9110 4.2.1", 400, get("Host:\r\n")},
      {"user information", "RFC 9110 4.2.4", 400, get("Host: user@a\r\n")},
      {"user information with a password", "RFC 9110 4.2.4", 400, get("Host: user:secret@a\r\n")},
      {"a path", "RFC 9112 3.2", 400, get("Host: a/b\r\n")},
      {"a backslash", "RFC 9112 3.2", 400, get("Host: a\\b\r\n")},
      {"a query", "RFC 9112 3.2", 400, get("Host: a?b\r\n")},
      {"a fragment", "RFC 9112 3.2", 400, get("Host: a#b\r\n")},
      {"a scheme", "RFC 9112 3.2", 400, get("Host: http://a\r\n")},
      {"a blank", "RFC 9112 3.2", 400, get("Host: a b\r\n")},
      {"a tab", "RFC 9112 3.2", 400, get("Host: a\tb\r\n")},
      {"a port that is no number", "RFC 3986 3.2.3", 400, get("Host: a:80x\r\n")},
      {"a port with a sign", "RFC 3986 3.2.3", 400, get("Host: a:-1\r\n")},
      {"a malformed port", "RFC 3986 3.2.3", 400, get("Host: a:65536\r\n")},
      {"two ports", "RFC 3986 3.2.3", 400, get("Host: a:1:2\r\n")},
      {"a bracket that stays open", "RFC 3986 3.2.2", 400, get("Host: [::1\r\n")},
      {"junk behind the bracket", "RFC 3986 3.2.2", 400, get("Host: [::1].b\r\n")},
      {"a bad escape", "RFC 3986 2.1", 400, get("Host: a%zz\r\n")},
      {"outside ASCII", "RFC 3986 3.2.2", 400, get("Host: \xc3\xa4\r\n")},
      {"folded", "RFC 9112 5.2", 400, get("Host: a\r\n b\r\n")},
      {"a script", "RFC 3986 3.2.2", 400, get("Host: a\"><script>\r\n")},
  });
}

TEST(RequestHead, InvalidTargetsAreRefused) {
  check(std::vector<Refused>{
      {"another host than Host", "RFC 9112 3.2.2", 400, target("http://b/")},
      {"another port than Host", "RFC 9112 3.2.2", 400, target("http://a:81/")},
      {"Host has a port, the target has none", "RFC 9112 3.2.2", 400, target("http://a/", "a:8080")},
      {"Host only begins with it", "RFC 9112 3.2.2", 400, target("http://a/", "a.evil")},
      {"the default port of another scheme", "RFC 9110 4.2.2", 400, target("https://a:80/")},
      {"without a Host", "RFC 9112 3.2", 400, "GET http://a/ HTTP/1.1\r\n\r\n"},
      {"with two Hosts", "RFC 9112 3.2", 400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
      {"user information", "RFC 9110 4.2.4", 400, target("http://user:secret@a/")},
      {"user information that is another host", "RFC 9110 4.2.4", 400, target("http://a@b/", "b")},
      {"no host in it", "RFC 9110 4.2.1", 400, target("http:///")},
      {"a backslash for the host's end", "RFC 3986 3.2", 400, target("http://a\\@b/", "b")},
      {"another scheme", "RFC 9112 3.2.2", 400, target("file:///etc/passwd")},
      {"a scheme without slashes", "RFC 9110 4.2.1", 400, target("http:a")},
      {"no slash at its beginning", "RFC 9112 3.2.1", 400, target("a")},
      {"a query alone", "RFC 9112 3.2.1", 400, target("?a")},
      {"the authority form", "RFC 9112 3.2.3", 400, target("a:80")},
      {"the asterisk form of a GET", "RFC 9112 3.2.4", 400, target("*")},
      {"more than an asterisk", "RFC 9112 3.2.4", 400, line("OPTIONS */a HTTP/1.1")},
      {"a fragment", "RFC 9112 3.2", 400, target("/a#b")},
      {"a fragment in the query", "RFC 9112 3.2", 400, target("/a?b#c")},
      {"a fragment of the absolute form", "RFC 9112 3.2", 400, target("http://a/#b")},
      {"a fragment alone", "RFC 9112 3.2", 400, target("#a")},
      {"a NUL", "RFC 3986 2", 400, target(with_nul("/a~b"))},
      {"a control character", "RFC 3986 2", 400, target("/a\x01")},
      {"a DEL", "RFC 3986 2", 400, target("/a\x7f")},
      {"outside ASCII", "RFC 3986 2", 400, target("/\xc3\xa4")},
  });
}

TEST(RequestHead, RightOnesAreTaken) {
  check(std::vector<Taken>{
      {"the least", "RFC 9112 3.2", get("Host: a\r\n"), "GET / a"},
      {"no blank behind the colon", "RFC 9112 5", get("Host:a\r\n"), "GET / a"},
      {"tabs and blanks around values", "RFC 9112 5", get("Host:\t a \t\r\nX:  \t b c\t\r\n"), "GET / a X=b c"},
      {"a tab in a value", "RFC 9110 5.5", get_with_host("X: b\tc\r\n"), "GET / a X=b\tc"},
      {"no value", "RFC 9110 5.5", get_with_host("X:\r\n"), "GET / a X="},
      {"a value past ASCII", "RFC 9110 5.5", get_with_host("X: \xc3\xa4\xff\r\n"), "GET / a X=\xc3\xa4\xff"},
      {"a value with colons", "RFC 9110 5.5", get_with_host("X: b: c\r\n"), "GET / a X=b: c"},
      {"names in any case", "RFC 9110 5.1", get("hOsT: a\r\nx: b\r\n"), "GET / a X=b"},
      {"every character of a token in a name", "RFC 9110 5.6.2", get_with_host("!#$%&'*+-.^_`|~09azAZ: b\r\n"),
       "GET / a"},
      {"a blank line before it", "RFC 9112 2.2", "\r\n" + get("Host: a\r\n"), "GET / a"},
      {"a method in lower case is another one", "RFC 9110 9.1", line("get / HTTP/1.1"), "get / a"},
      {"a method of one's own", "RFC 9110 9.1", line("M-SEARCH / HTTP/1.1"), "M-SEARCH / a"},
      {"OPTIONS of the server", "RFC 9112 3.2.4", line("OPTIONS * HTTP/1.1"), "OPTIONS * a"},
      {"a query", "RFC 9112 3.2.1", target("/b/c?d=/e?f"), "GET /b/c a?d=/e?f"},
      {"escapes stay as they are", "RFC 3986 2.4", target("/%2e%2E/%00%0d%0a"), "GET /%2e%2E/%00%0d%0a a"},
      {"dots stay as they are", "RFC 3986 6.2.2.3", target("/../b/./c//d"), "GET /../b/./c//d a"},
      {"the absolute form", "RFC 9112 3.2.2", target("http://a/b?c"), "GET /b a?c"},
      {"the absolute form without a path", "RFC 9110 4.2.3", target("http://a"), "GET / a"},
      {"its default port", "RFC 9110 4.2.3", target("http://A:80/", "a"), "GET / A:80"},
      {"a port", "RFC 3986 3.2.3", get("Host: a:8080\r\n"), "GET / a:8080"},
      {"an empty port", "RFC 3986 3.2.3", get("Host: a:\r\n"), "GET / a:"},
      {"an IPv6 address", "RFC 3986 3.2.2", get("Host: [2001:db8::1]:80\r\n"), "GET / [2001:db8::1]:80"},
      {"HTTP/1.0 without Host", "RFC 9112 3.2", "GET / HTTP/1.0\r\n\r\n", "GET / ", After::closes},
      {"HTTP/1.0 that stays", "RFC 9112 9.3", "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", "GET / a"},
      {"close", "RFC 9112 9.6", get_with_host("Connection: close\r\n"), "GET / a", After::closes},
      {"close among others, in any case", "RFC 9112 9.6", get_with_host("Connection: keep-alive, CLOSE\t\r\n"),
       "GET / a", After::closes},
      {"an expectation without a body", "RFC 9110 10.1.1", get_with_host("Expect: 100-continue\r\n"), "GET / a"},
      {"an expectation in HTTP/1.0", "RFC 9110 10.1.1", "GET / HTTP/1.0\r\nHost: a\r\nExpect: 200-ok\r\n\r\n",
       "GET / a", After::closes},
      {"the longest line", "RFC 9110 15.5.15", line("GET /" + std::string(242, 'b') + " HTTP/1.1"),
       "GET /" + std::string(242, 'b') + " a"},
      {"as many fields as there may be", "RFC 6585 5",
       get_with_host("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\n"), "GET / a"},
  });
}

}  // namespace
}  // namespace ashlar::test
