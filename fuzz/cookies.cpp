// SPDX-License-Identifier: Apache-2.0
// The Cookie field, values that are said to be signed, and what is set. Nothing is found that a cookie cannot hold,
// nothing opens that was not sealed, and what is set is one line that reads back.
#include "ashlar/web/cookie.hpp"
#include "ashlar/web/credential_cookies.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace ashlar;

constexpr Timestamp now = Timestamp::from_milliseconds(1'800'000'000'000);

void read(std::string_view bytes) {
  http::RequestHeaders headers;
  headers.add("Cookie", bytes);
  const web::RequestCookies cookies(headers);
  if (cookies.count() > web::RequestCookies::pairs_max) fuzz::broken("there is an end to them");
  for (const std::string_view name : {"a", "accessToken", "__Host-a"}) {
    const auto found = cookies.find(name);
    const std::string_view first = web::find_cookie(headers, name);
    for (const std::string_view value : {found.value_or(""), first}) {
      if (value.find_first_of(" \t\r\n;,\"\\") != value.npos) fuzz::broken("a value is cookie-octets");
      if (!value.empty() && bytes.find(value) == bytes.npos) fuzz::broken("a value is from the field");
    }
  }
}

void open(std::string_view bytes) {
  static const web::SignedCookies cookies{{std::string(32, 'k'), std::string(32, 'o')}};
  if (cookies.open("a", bytes, now)) fuzz::broken("a forged seal was accepted");
  const std::string sealed = cookies.seal("a", bytes, now + std::chrono::hours{1});
  const auto opened = cookies.open("a", sealed, now);
  if (!opened) fuzz::broken("what was sealed opens");
  fuzz::require_same(*opened, bytes, "what was sealed is what comes out");
}

void set(std::string_view bytes) {
  const std::size_t half = bytes.size() / 2;
  const web::Cookie cookie{.name = std::string(bytes.substr(0, half)), .value = std::string(bytes.substr(half))};
  if (cookie.validate()) return;
  http::ResponseHeaders set;
  web::set_cookie(cookie, set);
  http::RequestHeaders back;
  const std::string line(*set.find("Set-Cookie"));
  back.add("Cookie", std::string_view(line).substr(0, line.find(';')));
  const auto found = web::RequestCookies(back).find(cookie.name);
  if (!found) fuzz::broken("what is set reads back");
  fuzz::require_same(*found, cookie.value, "what is set reads back");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> exact(data, data + size);  // nothing behind it may be read
  const std::string_view bytes(exact.data(), exact.size());
  read(bytes);
  open(bytes);
  set(bytes);
  return 0;
}
