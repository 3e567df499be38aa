// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/request_url.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::http {
namespace {

// What it is, or what is said of it.
std::string parsed(std::string_view text) {
  const auto url = RequestUrl::parse(text);
  if (url) return url->to_string();
  EXPECT_EQ(url.error().code().name, "http_client.invalid_url");
  return "refused";
}

TEST(RequestUrl, RefusesOddSpellingsOfAddresses) {
  for (const char* host : {"127.1",
                           "127.0.1",
                           "0",
                           "2130706433",
                           "0x7f000001",
                           "0x7f.0.0.1",
                           "0x7f.1",
                           "0177.0.0.1",
                           "017700000001",
                           "127.0.0.01",
                           "127.0.0.256",
                           "127.0.0.1.1",
                           "0x",
                           "1.2.3.0x",
                           "256.256.256.256",
                           "3232235777",
                           "169.254.43518",
                           "%31%32%37.0.0.1",
                           "127%2e0.0.1",
                           "[::ffff:127.1]",
                           "[::1%25lo]",
                           "[::1%lo]",
                           "[fe80::1%25eth0]",
                           "[v1.a]",
                           "[]",
                           "[::1",
                           "::1",
                           "[127.0.0.1]",
                           "[::1].example",
                           "[0:0:0:0:0:0:0:0:1]",
                           "[::g]"}) {
    EXPECT_EQ(parsed("http://" + std::string(host) + "/"), "refused") << host;
  }
}

TEST(RequestUrl, RefusesWhatNamesNoHost) {
  for (const char* url : {"",
                          "/",
                          "//example.com/",
                          "example.com",
                          "http:",
                          "http:/",
                          "http://",
                          "http:///path",
                          "http:example.com",
                          "http:/example.com",
                          "http://?q",
                          "http://#f",
                          "http://.",
                          "http://..",
                          "http://.example.com",
                          "http://example..com",
                          "http://example.com../",
                          "http://-a.example",
                          "http://a-.example",
                          "http://*.example",
                          "http://a!b.example",
                          "http://exa_mple.com:80:80/",
                          "ftp://example.com/",
                          "file:///etc/passwd",
                          "gopher://example.com/",
                          "javascript:alert(1)",
                          "ws://example.com/"}) {
    EXPECT_EQ(parsed(url), "refused") << url;
  }
  EXPECT_EQ(parsed("http://" + std::string(64, 'a') + ".example/"), "refused");
  std::string long_name = "a";
  for (int i = 0; i < 126; ++i) long_name += ".a";
  EXPECT_EQ(parsed("http://" + long_name + "a/"), "refused");
  EXPECT_EQ(parsed("http://" + long_name + "/"), "http://" + long_name + "/");
  EXPECT_EQ(parsed("http://a/" + std::string(RequestUrl::bytes_max, 'a')), "refused");
}

TEST(RequestUrl, RefusesCredentialsPortsAndCharacters) {
  for (const std::string& url : std::vector<std::string>{"http://user@example.com/",
                                                         "http://user:secret@example.com/",
                                                         "http://:@example.com/",
                                                         "http://@example.com/",
                                                         "http://example.com@127.0.0.1/",
                                                         "http://a:80b.example/",
                                                         "http://example.com:0/",
                                                         "http://example.com:00/",
                                                         "http://example.com:65536/",
                                                         "http://example.com:99999999999/",
                                                         "http://example.com:-1/",
                                                         "http://example.com:+80/",
                                                         "http://example.com:8o/",
                                                         "http://example.com: 80/",
                                                         "http://example.com/a b",
                                                         "http://example.com/\r\nHost: b",
                                                         "http://example.com/\t",
                                                         " http://example.com/",
                                                         "http://example.com/ ",
                                                         "http://example.com\\@127.0.0.1/",
                                                         "http:\\\\example.com\\",
                                                         "http://example.com/%",
                                                         "http://example.com/%zz",
                                                         "http://b\xc3\xbc"
                                                         "cher.example/",
                                                         "http://example.com/\xc3\xbc",
                                                         std::string("http://example.com/\0", 20),
                                                         "http://example.com\x7f/",
                                                         "http://exam\nple.com/"}) {
    EXPECT_EQ(parsed(url), "refused") << url;
  }
  const auto refused = RequestUrl::parse("http://user:secret@example.com/");
  EXPECT_FALSE(refused.error().message().contains("secret"));
}

TEST(RequestUrl, GivesEachHostOneSpelling) {
  struct Case {
    const char* given;
    const char* expected;
  };
  for (const auto& [given, expected] : std::vector<Case>{
           {"http://example.com", "http://example.com/"},
           {"HTTP://EXAMPLE.com/A", "http://example.com/A"},
           {"https://example.com./", "https://example.com/"},
           {"https://example.com:443/", "https://example.com/"},
           {"http://example.com:/", "http://example.com/"},
           {"http://example.com:443/", "http://example.com:443/"},
           {"http://example.com:00080/", "http://example.com/"},
           {"http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"},
           {"http://a_b.example:8080/", "http://a_b.example:8080/"},
           {"http://localhost/", "http://localhost/"},
           {"http://127.0.0.1./", "http://127.0.0.1/"},
           {"http://[::1]:8080/", "http://[::1]:8080/"},
           {"http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"},
           {"http://[2001:DB8::A]/", "http://[2001:db8::a]/"},
           {"http://[::ffff:127.0.0.1]/", "http://127.0.0.1/"},
           {"http://[::ffff:7f00:1]/", "http://127.0.0.1/"},
           {"http://127.0.0.1#@example.com@/", "http://127.0.0.1/"},
           {"http://example.com?q=1", "http://example.com/?q=1"},
           {"http://example.com/a/../b?x=%20y&z#fragment", "http://example.com/a/../b?x=%20y&z"},
           {"http://example.com//evil.example/", "http://example.com//evil.example/"},
           {"http://example.com/?", "http://example.com/?"},
           {"http://1.2.3.example/", "http://1.2.3.example/"},
       }) {
    EXPECT_EQ(parsed(given), expected) << given;
  }
  EXPECT_EQ(RequestUrl::parse("http://[::ffff:127.0.0.1]/")->origin().address, IpAddress::parse("127.0.0.1"));
  EXPECT_EQ(RequestUrl::parse("http://EXAMPLE.com./")->origin(),
            RequestUrl::parse("http://example.com:80/x")->origin());
}

TEST(RequestUrl, ResolvesALocation) {
  struct Case {
    const char* location;
    const char* expected;
  };
  const auto base = RequestUrl::parse("https://example.com:8443/a/b?c");
  for (const auto& [location, expected] : std::vector<Case>{
           {"/x", "https://example.com:8443/x"},
           {"x", "https://example.com:8443/a/x"},
           {"../x?y", "https://example.com:8443/x?y"},
           {"../../../x", "https://example.com:8443/x"},
           {"?d", "https://example.com:8443/a/b?d"},
           {"//other.example/x", "https://other.example/x"},
           {"http://other.example", "http://other.example/"},
           {"#f", "https://example.com:8443/a/b?c"},
           {"//user@other.example/", "refused"},
           {"ftp://other.example/", "refused"},
           {"http://127.1/", "refused"},
           {"x y", "refused"},
           {"\\\\other.example\\", "refused"},
           {"http://other.example:99999/", "refused"},
       }) {
    const auto resolved = base->resolve(location);
    EXPECT_EQ(resolved ? resolved->to_string() : "refused", expected) << location;
  }
}

}  // namespace
}  // namespace ashlar::http
