// SPDX-License-Identifier: Apache-2.0
// TLS over sockets: who may speak, sessions, certificates of clients, another certificate while it runs.
#include "ashlar/http/detail/test_server.hpp"
#include "ashlar/http/server.hpp"
#include "tests/support/test_certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace ashlar::http {
namespace {

using detail::TestServer;
using test::RawClient;
using test::TestCertificate;
using testing::HasSubstr;
using Tls = test::RawClientOptions::Tls;

RawClient connect(const TestServer& server, Tls tls = {}) { return RawClient(server.server.port(), {.tls = tls}); }

// The error that a client offering this gets; empty: it was answered.
std::string refusal(const TestServer& server, const Tls& tls) {
  try {
    (void)connect(server, tls).request("GET", "/");
  } catch (const std::exception& refused) {
    return refused.what();
  }
  return {};
}

void write(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

struct BadFiles {
  std::string name;
  ErrorCode code;
  std::string message;
  TlsOptions options;
};

TEST(InspectTls, SaysWhichFileIsWrongAndHow) {
  const TestCertificate one, other;
  const std::string nothing = one.certificate_file() + ".none", garbage = one.certificate_file() + ".garbage";
  const std::string folder = std::filesystem::path(nothing).parent_path(), broken_ca = one.certificate_file() + ".ca";
  write(garbage, "no PEM at all\n");
  std::ifstream whole(one.certificate_file());
  write(broken_ca, std::string(std::istreambuf_iterator<char>(whole), {}) + "-----BEGIN CERTIFICATE-----\nMII!\n");
  const std::string cert = one.certificate_file(), key = one.key_file();
  const std::vector<BadFiles> table{
      {"no certificate", errors::tls_certificate, "No such file", {nothing, key}},
      {"a folder", errors::tls_certificate, "a folder", {folder, key}},
      {"garbage", errors::tls_certificate, "no certificate in PEM", {garbage, key}},
      {"a key for a certificate", errors::tls_certificate, "no certificate in PEM", {key, key}},
      {"no key", errors::tls_private_key, "No such file", {cert, nothing}},
      {"garbage for a key", errors::tls_private_key, "no private key in PEM", {cert, garbage}},
      {"another's key", errors::tls_private_key, "does not belong to", {cert, other.key_file()}},
      {"no authority", errors::tls_client_ca, "No such file", {cert, key, nothing}},
      {"garbage for an authority", errors::tls_client_ca, "no certificate in PEM", {cert, key, garbage}},
      {"an authority that is cut", errors::tls_client_ca, "malformed", {cert, key, broken_ca}},
  };
  for (const BadFiles& bad : table) {
    const auto seen = inspect_tls(bad.options);
    ASSERT_FALSE(seen) << bad.name;
    EXPECT_EQ(seen.error().code(), bad.code) << bad.name;
    EXPECT_THAT(seen.error().message(), HasSubstr(bad.message)) << bad.name;
  }
  EXPECT_TRUE(inspect_tls({cert, key, cert}));
}

TEST(InspectTls, AnExpiredCertificateCanBeSeen) {
  const TestCertificate expired("old.example", std::chrono::minutes{-5});
  const auto seen = inspect_tls({expired.certificate_file(), expired.key_file()});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->subject, "CN=old.example");
  EXPECT_EQ(seen->not_after.milliseconds() - seen->not_before.milliseconds(), 55 * 60 * 1000);
}

class ServerTlsOf : public testing::Test {
 protected:
  [[nodiscard]] TlsOptions options() const { return {certificate.certificate_file(), certificate.key_file()}; }
  TestCertificate certificate;
};

TEST_F(ServerTlsOf, OldVersionsAndWeakCiphersAreRefused) {
  const TestServer server({}, options());
  for (const char* version : {"TLSv1", "TLSv1.1"}) EXPECT_NE(refusal(server, {.version_max = version}), "") << version;
  for (const char* ciphers : {"AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384",
                              "ECDHE-ECDSA-AES128-CCM8", "NULL-SHA256", "ADH-AES128-GCM-SHA256", "AECDH-NULL-SHA"}) {
    EXPECT_NE(refusal(server, {.version_max = "TLSv1.2", .ciphers = ciphers}), "") << ciphers;
  }
  for (const char* ciphers : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
    EXPECT_EQ(refusal(server, {.version_max = "TLSv1.2", .ciphers = ciphers}), "") << ciphers;
  }
}

TEST_F(ServerTlsOf, TheLeastVersionCanBeRaised) {
  TlsOptions strict = options();
  strict.version_min = TlsOptions::Version::tls_1_3;
  const TestServer server({}, strict);
  EXPECT_NE(refusal(server, {.version_max = "TLSv1.2"}), "");
  EXPECT_EQ(refusal(server, {}), "");
}

class ServerTlsSession : public ServerTlsOf, public testing::WithParamInterface<const char*> {};

TEST_P(ServerTlsSession, IsResumedOnEveryLoopAndAfterAReload) {
  TestServer server({}, options(), 3);
  RawClient first = connect(server, {.version_max = GetParam()});
  EXPECT_FALSE(first.resumed());
  (void)first.request("GET", "/");
  for (int i = 0; i < 12; ++i) {
    RawClient next = connect(server, {.version_max = GetParam(), .session = first.session()});
    EXPECT_TRUE(next.resumed());
    EXPECT_EQ(next.request("GET", "/a").body, "you asked for /a");
  }
  certificate.replace("new.example");
  ASSERT_TRUE(server.server.reload_tls(options()));
  EXPECT_TRUE(connect(server, {.version_max = GetParam(), .session = first.session()}).resumed());
}

INSTANTIATE_TEST_SUITE_P(Of, ServerTlsSession, testing::Values("TLSv1.2", ""),
                         [](const auto& test) { return *test.param == '\0' ? "Tls13" : "Tls12"; });

TEST_F(ServerTlsOf, ASessionOfAnotherServerIsNotResumed) {
  const TestServer one({}, options()), other({}, options());
  RawClient first = connect(one);
  (void)first.request("GET", "/");
  EXPECT_FALSE(connect(other, {.session = first.session()}).resumed());
}

class ServerTlsClients : public ServerTlsOf {
 protected:
  [[nodiscard]] TlsOptions asking(TlsOptions::ClientCertificate which) const {
    TlsOptions out = options();
    out.client_ca_file = client.certificate_file();
    out.client_certificate = which;
    return out;
  }
  [[nodiscard]] static Tls with(const TestCertificate& shown) {
    return {.certificate_file = shown.certificate_file(), .key_file = shown.key_file()};
  }
  TestCertificate client{"Büro, 3. Stock"};
};

TEST_F(ServerTlsClients, WithoutOneOrWithAnothersNoClientIsAnsweredWhenRequired) {
  const TestServer server({}, asking(TlsOptions::ClientCertificate::required));
  const TestCertificate stranger("Büro, 3. Stock");
  EXPECT_NE(refusal(server, {}), "");
  EXPECT_NE(refusal(server, with(stranger)), "");
  EXPECT_NE(refusal(server, {.version_max = "TLSv1.2"}), "");
  EXPECT_EQ(refusal(server, with(client)), "");
}

TEST_F(ServerTlsClients, AnExpiredOneIsRefused) {
  const TestCertificate expired("x", std::chrono::minutes{-5});
  TlsOptions wanted = options();
  wanted.client_ca_file = expired.certificate_file();
  wanted.client_certificate = TlsOptions::ClientCertificate::optional;
  const TestServer server({}, wanted);
  EXPECT_NE(refusal(server, with(expired)), "");
  EXPECT_EQ(refusal(server, {}), "");
}

TEST_F(ServerTlsClients, WhereItIsOptionalNoneWillDoAndAWrongOneWillNot) {
  const TestServer server({}, asking(TlsOptions::ClientCertificate::optional));
  const TestCertificate stranger("stranger");
  EXPECT_NE(refusal(server, with(stranger)), "");
  EXPECT_EQ(connect(server).request("GET", "/certificate").body, "");
}

TEST_F(ServerTlsClients, TheSubjectIsPartOfEachRequestAndSurvivesResumption) {
  const TestServer server({}, asking(TlsOptions::ClientCertificate::required));
  RawClient first = connect(server, with(client));
  EXPECT_EQ(first.request("GET", "/certificate").body, "CN=Büro\\, 3. Stock");
  EXPECT_EQ(first.request("GET", "/certificate").body, "CN=Büro\\, 3. Stock");
  Tls again = with(client);
  again.session = first.session();
  RawClient second = connect(server, again);
  EXPECT_TRUE(second.resumed());
  EXPECT_EQ(second.request("GET", "/certificate").body, "CN=Büro\\, 3. Stock");
}

TEST_F(ServerTlsClients, ASessionDoesNotOutliveItsAuthority) {
  TestServer server({}, asking(TlsOptions::ClientCertificate::required));
  Tls shown = with(client);
  RawClient first = connect(server, shown);
  (void)first.request("GET", "/");
  shown.session = first.session();
  const TestCertificate other("other");
  TlsOptions wanted = options();
  wanted.client_ca_file = other.certificate_file();
  ASSERT_TRUE(server.server.reload_tls(wanted));
  EXPECT_NE(refusal(server, shown), "");
  EXPECT_EQ(refusal(server, with(other)), "");
}

TEST_F(ServerTlsOf, ABadNewCertificateLeavesTheOldOne) {
  TestServer server({}, options());
  write(certificate.certificate_file(), "half a file");
  const auto reloaded = server.server.reload_tls(options());
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().code(), errors::tls_certificate);
  EXPECT_EQ(connect(server).server_subject(), "localhost");
}

TEST_F(ServerTlsOf, ANewCertificateComesWithoutAFailedRequest) {
  TestServer server({}, options(), 2);
  RawClient kept = connect(server);
  (void)kept.request("GET", "/");
  std::atomic<int> failures = 0, answers = 0;
  std::atomic<bool> done = false;
  const auto ask = [&] {
    while (!done) {
      try {
        RawClient client = connect(server);
        for (int i = 0; i < 3; ++i) failures += client.request("GET", "/").status == 200 ? 0 : 1;
        ++answers;
      } catch (const std::exception&) {
        ++failures;
      }
    }
  };
  std::thread one(ask), other(ask);
  std::string subject;
  for (int round = 0; round < 10; ++round) {
    subject = "round-" + std::to_string(round) + ".example";
    const TestCertificate next(subject);
    const int before = answers;
    const auto reloaded = server.server.reload_tls({next.certificate_file(), next.key_file()});
    ASSERT_TRUE(reloaded);
    EXPECT_EQ(reloaded->subject, "CN=" + subject);
    while (answers < before + 2) std::this_thread::yield();
  }
  done = true;
  one.join();
  other.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(connect(server).server_subject(), subject);
  EXPECT_EQ(kept.request("GET", "/").status, 200) << "a connection from before lives on";
}

}  // namespace
}  // namespace ashlar::http
