// SPDX-License-Identifier: Apache-2.0
// TLS as the command has it: `ashlar cert`, the settings, SIGHUP.
#include "tests/integration/server.hpp"
#include "tests/support/test_certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using testing::Not;

Variables with_tls(const TestCertificate& certificate) {
  Variables out = server_variables();
  out["TLS_CERT_FILE"] = certificate.certificate_file();
  out["TLS_KEY_FILE"] = certificate.key_file();
  return out;
}

std::string subject_of(const Server& server) {
  return RawClient(server.port(), {.tls = RawClientOptions::Tls{}}).server_subject();
}

TEST(Cert, RefusesWhatIsThereAndBadNames) {
  const TemporaryFolder folder;
  EXPECT_EQ(run(ashlar({"cert", "--days", "0"}, folder)).exit_code, 64);
  EXPECT_EQ(run(ashlar({"cert", "--name", "a b"}, folder)).exit_code, 1);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  std::ofstream(folder.path() / "cert.pem") << "mine";
  const auto finished = run(ashlar({"cert", "--cert", "cert.pem", "--key", "key.pem"}, folder));
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("cert.pem exists already"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "key.pem")) << "no half of a pair is left";
}

TEST(Cert, WritesAPairThatTheServerTakesAndACarefulClientTrusts) {
  const TemporaryFolder folder;
  const auto made = run(ashlar({"cert"}, folder));
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto key = folder.path() / "data/key.pem";
  EXPECT_EQ(std::filesystem::status(key).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::ofstream(folder.path() / ".env") << made.out;
  Server server(folder);
  RawClient client(server.port(),
                   {.tls = RawClientOptions::Tls{.authority_file = folder.path() / "data/certificate.pem"}});
  const auto response = client.request("GET", "/health");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.header("Strict-Transport-Security"), HasSubstr("max-age"));
  EXPECT_EQ(run(ashlar({"cert"}, folder)).exit_code, 1) << "and never over one that is there";
}

TEST(Tls, AFileThatCannotBeUsedIsNamedByItsVariable) {
  const TemporaryFolder folder;
  const TestCertificate one, other;
  const auto faults_with = [&](const std::string& variable, const std::string& value) {
    Variables variables = with_tls(one);
    variables[variable] = value;
    const auto finished = run(ashlar({"serve"}, folder, variables));
    EXPECT_EQ(finished.exit_code, 78) << finished.err;
    return finished.err;
  };
  EXPECT_THAT(faults_with("TLS_CERT_FILE", "/nowhere.pem"), HasSubstr("TLS_CERT_FILE: the TLS certificate /nowhere"));
  EXPECT_THAT(faults_with("TLS_KEY_FILE", other.key_file()), HasSubstr("does not belong to"));
  EXPECT_THAT(faults_with("TLS_CLIENT_CA_FILE", one.key_file()), HasSubstr("TLS_CLIENT_CA_FILE: "));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "data")) << "nothing was begun";
}

TEST(Tls, AnExpiredCertificateIsServedWithAWarning) {
  const TemporaryFolder folder;
  const TestCertificate expired("old.example", std::chrono::minutes{-5});
  Server server(folder, with_tls(expired));
  EXPECT_THAT(server.process().out(), HasSubstr("the TLS certificate has expired"));
  EXPECT_EQ(subject_of(server), "old.example");
}

TEST(Tls, HangupReadsTheCertificateAgainAndABadOneChangesNothing) {
  const TemporaryFolder folder;
  TestCertificate certificate;
  Server server(folder, with_tls(certificate));
  RawClient kept(server.port(), {.tls = RawClientOptions::Tls{}});
  EXPECT_EQ(kept.request("GET", "/health").status, 200);

  certificate.replace("new.example");
  server.process().signal(SIGHUP);
  server.process().wait_for(R"("subject":"CN=new.example")");
  EXPECT_EQ(subject_of(server), "new.example");

  std::ofstream(certificate.certificate_file()) << "half a";
  server.process().signal(SIGHUP);
  server.process().wait_for("the old TLS certificate is kept");
  server.process().wait_for(R"("variable":"TLS_CERT_FILE")");
  EXPECT_EQ(subject_of(server), "new.example");
  EXPECT_EQ(kept.request("GET", "/health").status, 200) << "a connection from before lives on";
}

TEST(Tls, APassedOnClientKeepsItsAddress) {
  const TemporaryFolder folder;
  const TestCertificate certificate;
  Variables variables = with_tls(certificate);
  variables["PROXY_PROTOCOL"] = "loopback";
  variables["CONNECTIONS_PER_ADDRESS_MAX"] = "1";
  Server server(folder, variables);
  const RawClientOptions options{.preface = "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n",
                                 .tls = RawClientOptions::Tls{}};
  RawClient client(server.port(), options);
  EXPECT_EQ(client.request("GET", "/health/ready").status, 200);
  server.process().wait_for("192.0.2.7");
  EXPECT_THROW(RawClient(server.port(), options), std::runtime_error) << "one of each address";
}

TEST(Reload, HangupReadsTheLogLevelOfDotEnvAgain) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables.erase("LOG_LEVEL");
  variables["APP_ENV"] = "development";
  std::ofstream(folder.path() / ".env") << "LOG_LEVEL=info\n";
  Server server(folder, variables);
  ApiClient client(server.port());
  const auto reload_with = [&](const std::string& text, const std::string& said) {
    std::ofstream(folder.path() / ".env") << text;
    server.process().signal(SIGHUP);
    server.process().wait_for(said);
  };
  reload_with("LOG_LEVEL=loud\n", "nothing was reloaded");
  EXPECT_EQ(client.call("GET", "/health/ready").status, 200);
  server.process().wait_for("/health/ready");
  reload_with("LOG_LEVEL=error\nTLS_CERT_FILE=c\nTLS_KEY_FILE=k\n", "TLS is turned on and off by a restart");
  EXPECT_EQ(client.call("GET", "/health/live").status, 200);
  client.raw().close();
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_THAT(server.process().out(), Not(HasSubstr("/health/live"))) << "the level is error by then";
}

}  // namespace
}  // namespace ashlar::test
