// SPDX-License-Identifier: Apache-2.0
// Signatures are verified by Debian's python3-dkim.
#include "ashlar/mail/dkim_signer.hpp"

#include "ashlar/mail/internet_message.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace ashlar::mail {
namespace {

constexpr const char* verify = R"py(
import sys, dkim
message = open(sys.argv[1], 'rb').read()
record = sys.argv[2].encode()
seen = []
def dnsfunc(name, timeout=5):
    seen.append(name.decode())
    return record
print(dkim.verify(message, dnsfunc=dnsfunc), seen[0])
)py";

class Dkim : public testing::Test {
 protected:
  [[nodiscard]] std::string new_key(const std::string& algorithm, const std::string& option = {}) const {
    const std::string file = (folder_.path() / "key.pem").string();
    std::vector<std::string> words{"/usr/bin/openssl", "genpkey", "-algorithm", algorithm, "-out", file};
    if (!option.empty()) words.insert(words.end(), {"-pkeyopt", option});
    EXPECT_EQ(test::run({.words = words, .folder = folder_.path()}).exit_code, 0);
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::string verified(const std::string& message, const std::string& record) const {
    const std::string file = (folder_.path() / "mail.eml").string();
    std::ofstream(file, std::ios::binary) << message;
    const auto done = test::run({.words = {"/usr/bin/python3", "-c", verify, file, record}, .folder = folder_.path()});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out;
  }
  [[nodiscard]] static std::string message() {
    return to_internet_message({.id = MessageId::of("0193508e@shop.example"),
                                .at = Timestamp::parse("2026-05-04T08:30:00Z").value(),
                                .from = Mailbox::parse("Größter Laden der Stadt <no-reply@shop.example>").value(),
                                .to = {.name = {}, .address = Email::of("ada@example.org")},
                                .subject = Subject::of("Bestätigen Sie  bitte Ihre Adresse, ehe der Tag zu Ende geht"),
                                .text = BodyText::of("a  b \n.\n\n\n"),
                                .html = BodyText::of("<p>Hello\t </p>"),
                                .unsubscribe = UnsubscribeUrl::of("https://shop.example/api/unsubscribe?token=abc")});
  }

  const test::TemporaryFolder folder_;
};

TEST_F(Dkim, RefusesKeysThatAreWeakOrNone) {
  EXPECT_THROW(DkimSigner({"shop.example", "s1", "hush"}), std::invalid_argument);
  EXPECT_THROW(DkimSigner({"shop.example", "s1", new_key("RSA", "rsa_keygen_bits:1024")}), std::invalid_argument);
  EXPECT_THROW(DkimSigner({"shop.example", "s1", new_key("EC", "ec_paramgen_curve:P-256")}), std::invalid_argument);
  const std::string key = new_key("ED25519");
  EXPECT_THROW(DkimSigner({"shop", "s1", key}), std::invalid_argument);
  EXPECT_THROW(DkimSigner({"shop.example; x", "s1", key}), std::invalid_argument);
  EXPECT_THROW(DkimSigner({"shop.example", "", key}), std::invalid_argument);
  EXPECT_THROW(DkimSigner({"shop.example", "s1\r\nBcc: eve@example.com", key}), std::invalid_argument);
}

TEST_F(Dkim, SignaturesAreVerifiedByAnother) {
  for (const auto& [algorithm, option] : {std::pair("RSA", "rsa_keygen_bits:2048"), std::pair("ED25519", "")}) {
    const DkimSigner signer({"shop.example", "s1", new_key(algorithm, option)});
    const std::string whole =
        signer.signature_of(message(), Timestamp::parse("2026-05-04T08:30:00Z").value()) + message();
    EXPECT_EQ(verified(whole, signer.record()), "True s1._domainkey.shop.example.\n") << algorithm;
    EXPECT_THAT(whole, testing::HasSubstr(":list-unsubscribe:list-unsubscribe-post;"));
    EXPECT_THAT(whole, testing::HasSubstr("; t=1777883400;"));

    const auto is_good = [&](std::string changed) { return verified(changed, signer.record()).starts_with("True"); };
    std::string other = whole;
    EXPECT_FALSE(is_good(other.replace(other.find("Hello"), 5, "Hullo"))) << algorithm;
    other = whole;
    EXPECT_FALSE(is_good(other.replace(other.find("ada@"), 4, "eve@"))) << algorithm;
    other = whole;
    EXPECT_FALSE(is_good(other.insert(other.find("\r\n\r\n") + 2, "From: eve@example.com\r\n"))) << algorithm;
    other = whole;  // what relays may change
    EXPECT_TRUE(is_good(other.insert(0, "Received: from a by b\r\n"))) << algorithm;
  }
}

}  // namespace
}  // namespace ashlar::mail
