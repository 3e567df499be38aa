// SPDX-License-Identifier: Apache-2.0
// The mailers that keep mails.
#include "ashlar/async/task_scope.hpp"
#include "ashlar/mail/folder_mailer.hpp"
#include "ashlar/mail/internet_message.hpp"
#include "ashlar/mail/memory_mailer.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::mail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Mailers : public testing::Test {
 protected:
  [[nodiscard]] log::LogOptions log_options() const {
    log::LogOptions out;
    out.console = log::LogOptions::Console::none;
    out.file = (folder_ / "log").string();
    return out;
  }
  [[nodiscard]] static std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return std::move(out).str();
  }
  [[nodiscard]] std::string logged() {
    logger_.flush();
    return text_of(folder_ / "log");
  }
  [[nodiscard]] Message numbered(int number, const std::string& text = "hush-hush") const {
    return {.id = MessageId::of("mail-" + std::to_string(number) + "@example.com"),
            .at = clock_.now(),
            .from = Mailbox::parse("no-reply@example.com").value(),
            .to = Mailbox::parse("ada@example.org").value(),
            .subject = Subject::of("Reset your password"),
            .text = BodyText::of(text),
            .html = BodyText::of("<p>" + text)};
  }
  bool send(Mailer& mailer, Message message) {
    return async::run_to_end(loop_, mailer.send(std::move(message))).has_value();
  }
  static std::vector<std::string> ids(const MemoryMailer& mailer) {
    std::vector<std::string> out;
    for (const Message& message : mailer.kept()) out.emplace_back(message.id.left());
    return out;
  }

  const test::TemporaryFolder folder_;
  ManualClock clock_{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  log::Logger logger_{log_options(), clock_};
  boost::asio::io_context loop_;
};

TEST_F(Mailers, InMemoryKeepsTheLastMails) {
  MemoryMailer mailer({.kept_max = 2}, logger_);
  EXPECT_TRUE(mailer.kept().empty());
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(send(mailer, numbered(i)));
  EXPECT_THAT(ids(mailer), ElementsAre("mail-3", "mail-2"));
}

TEST_F(Mailers, InMemoryKeepsNoMoreBytesThanItMay) {
  MemoryMailer mailer({.kept_bytes_max = 2'500}, logger_);
  EXPECT_TRUE(send(mailer, numbered(1, std::string(500, 'a'))));
  EXPECT_TRUE(send(mailer, numbered(2, std::string(500, 'a'))));
  EXPECT_THAT(ids(mailer), SizeIs(2));
  EXPECT_TRUE(send(mailer, numbered(3, std::string(5'000, 'a'))));
  EXPECT_THAT(ids(mailer), ElementsAre("mail-3")) << "the newest is kept in any case";
  EXPECT_TRUE(send(mailer, numbered(4, std::string(500, 'a'))));
  EXPECT_THAT(ids(mailer), ElementsAre("mail-4"));
}

TEST_F(Mailers, InMemoryLogNeitherRecipientNorText) {
  MemoryMailer mailer({}, logger_);
  EXPECT_TRUE(send(mailer, numbered(1)));
  const std::string log = logged();
  EXPECT_THAT(log, HasSubstr("mail-1@example.com"));
  EXPECT_THAT(log, HasSubstr("Reset your password"));
  EXPECT_THAT(log, Not(HasSubstr("hush-hush")));
  EXPECT_THAT(log, Not(HasSubstr("ada@example.org")));
}

TEST_F(Mailers, OfAFolderWriteOneFileEach) {
  const auto place = folder_ / "new" / "mails";
  FolderMailer mailer(place);
  EXPECT_TRUE(send(mailer, numbered(1)));
  EXPECT_TRUE(send(mailer, numbered(2)));
  EXPECT_TRUE(send(mailer, numbered(2, "again")));
  EXPECT_EQ(text_of(place / "mail-1.eml"), to_internet_message(numbered(1)));
  EXPECT_EQ(text_of(place / "mail-2.eml"), to_internet_message(numbered(2, "again")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(place), {}), 2) << "no draft is left";
  struct stat found{};
  ASSERT_EQ(::stat((place / "mail-1.eml").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(place.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
}

TEST_F(Mailers, OfAFolderSayWhatTheyCannotWrite) {
  FolderMailer mailer(folder_ / "mails");
  std::filesystem::remove_all(folder_ / "mails");
  const auto sent = async::run_to_end(loop_, mailer.send(numbered(1)));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code(), errors::unavailable);
  EXPECT_THAT(sent.error().cause(), HasSubstr("mail-1.eml"));
  EXPECT_THAT(sent.error().message(), Not(HasSubstr("mails/"))) << "a client could see it";
}

TEST_F(Mailers, OfAFolderRefuseAPlaceThatIsNone) {
  std::ofstream(folder_ / "file") << "x";
  EXPECT_THROW(FolderMailer(folder_ / "file"), std::runtime_error);
  EXPECT_THROW(FolderMailer(folder_ / "file" / "mails"), std::runtime_error);
}

}  // namespace
}  // namespace ashlar::mail
