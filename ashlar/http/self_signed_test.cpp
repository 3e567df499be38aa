// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/self_signed.hpp"

#include "ashlar/http/tls.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>

namespace ashlar::http {
namespace {

const Timestamp now = *Timestamp::parse("2026-05-04T08:30:00Z");

struct Name {
  std::string text;
  bool good;
};

class SelfSignedName : public testing::TestWithParam<Name> {};

TEST_P(SelfSignedName, IsADnsNameOrAnAddress) {
  const auto made = make_self_signed({.names = {"localhost", GetParam().text}}, now);
  ASSERT_EQ(made.has_value(), GetParam().good);
  if (!made) EXPECT_EQ(made.error().message(), '"' + GetParam().text + "\" is neither a DNS name nor an IP address.");
}

INSTANTIATE_TEST_SUITE_P(Table, SelfSignedName,
                         testing::Values(Name{"", false}, Name{"a b", false}, Name{"-a.example", false},
                                         Name{"a..example", false}, Name{"a.example.", false}, Name{"*", false},
                                         Name{"a.*.example", false}, Name{"a,DNS:b", false}, Name{"fe80::1%1", false},
                                         Name{std::string(64, 'a'), false}, Name{std::string("a\0b", 3), false},
                                         Name{"a.example", true}, Name{"*.a.example", true}, Name{"192.0.2.7", true},
                                         Name{"2001:db8::1", true}, Name{std::string(63, 'a') + ".example", true}));

TEST(SelfSigned, NeedsAName) { EXPECT_FALSE(make_self_signed({.names = {}}, now)); }

TEST(SelfSigned, IsGoodForItsNamesAndItsTimeAndAServerTakesIt) {
  const auto made = make_self_signed({.lifetime = std::chrono::days{30}}, now);
  ASSERT_TRUE(made);
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(made->certificate_pem.data(), static_cast<int>(made->certificate_pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                                                X509_free);
  ASSERT_NE(certificate, nullptr);
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "example.com", 0, 0, nullptr), 0);

  const test::TemporaryFolder folder;
  std::ofstream(folder / "certificate.pem") << made->certificate_pem;
  std::ofstream(folder / "key.pem") << made->private_key_pem;
  const auto seen = inspect_tls({folder / "certificate.pem", folder / "key.pem"});
  ASSERT_TRUE(seen) << seen.error().message();
  EXPECT_EQ(seen->subject, "CN=localhost");
  EXPECT_EQ(seen->not_before.to_string(), "2026-05-04T07:30:00.000Z");
  EXPECT_EQ(seen->not_after.to_string(), "2026-06-03T08:30:00.000Z");
}

}  // namespace
}  // namespace ashlar::http
