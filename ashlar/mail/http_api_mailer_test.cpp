// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/http_api_mailer.hpp"

#include "tests/support/scripted_server.hpp"
#include "tests/support/test_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::mail {
namespace {

using test::ScriptedServer;
using test::ServerPeer;
using testing::HasSubstr;
using testing::Not;

class HttpApi : public testing::Test, protected tests::TestLoop {
 protected:
  [[nodiscard]] static Message message() {
    return {.id = MessageId::of("0193508e@shop.example"),
            .at = Timestamp::parse("2026-05-04T08:30:00Z").value(),
            .from = Mailbox::parse("The \"Shop\", Ltd. <no-reply@shop.example>").value(),
            .to = {.name = {}, .address = Email::of("ada@example.org")},
            .subject = Subject::of("Grüße \"an\" \\ dich"),
            .text = BodyText::of("Hello\nAda"),
            .html = BodyText::of("<p>Hello"),
            .unsubscribe = UnsubscribeUrl::of("https://shop.example/api/unsubscribe?token=abc")};
  }
  Result<> send(const ScriptedServer& server, std::chrono::milliseconds time_max = std::chrono::seconds{10}) {
    HttpApiMailer mailer(client_, {.url = server.url("/emails"), .api_key = "re_hush", .send_time_max = time_max});
    return await(mailer.send(message()));
  }

  http::Client client_{{&loop_}, {}};
};

TEST_F(HttpApi, RefusesSettingsThatWouldLeakTheKey) {
  for (const char* url : {"", "mail", "http://api.example/emails", "ftp://api.example/"})
    EXPECT_THROW(HttpApiMailer(client_, {.url = url, .api_key = "k"}), std::invalid_argument) << url;
  for (const char* key : {"", "a\r\nX: y"})
    EXPECT_THROW(HttpApiMailer(client_, {.url = "https://api.example/", .api_key = key}), std::invalid_argument);
}

TEST_F(HttpApi, PostsTheWholeMail) {
  std::mutex mutex;
  std::string seen;
  const ScriptedServer server([&](ServerPeer& peer) {
    const auto request = peer.read_request();
    const std::scoped_lock lock(mutex);
    seen = request.value_or("");
    peer.write(test::response_with(R"({"id":"1"})"));
  });
  const auto sent = send(server);
  ASSERT_TRUE(sent) << sent.error().cause();
  const std::scoped_lock lock(mutex);
  EXPECT_THAT(seen, HasSubstr("POST /emails HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nAuthorization: Bearer re_hush\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nIdempotency-Key: 0193508e@shop.example\r\n"));
  EXPECT_EQ(seen.substr(seen.find("\r\n\r\n") + 4),
            R"({"from":"\"The \\\"Shop\\\", Ltd.\" <no-reply@shop.example>","to":"ada@example.org",)"
            R"("subject":"Grüße \"an\" \\ dich","text":"Hello\nAda","html":"<p>Hello","headers":{)"
            R"("Message-ID":"<0193508e@shop.example>","Auto-Submitted":"auto-generated",)"
            R"("List-Unsubscribe":"<https://shop.example/api/unsubscribe?token=abc>",)"
            R"("List-Unsubscribe-Post":"List-Unsubscribe=One-Click"}})");
}

TEST_F(HttpApi, TellsRefusalsApart) {
  struct Row {
    std::string answer;
    ErrorCode code;
  };
  const auto answer = [](const std::string& status, const std::string& field = {}) {
    return "HTTP/1.1 " + status + "\r\n" + field + "Content-Length: 5\r\n\r\nno\r\n\x1b";
  };
  for (const Row& row :
       std::vector<Row>{{answer("400 Bad"), errors::rejected},
                        {answer("422 Bad"), errors::rejected},
                        {answer("413 Large"), errors::rejected},
                        {answer("401 Key"), errors::unavailable},
                        {answer("403 Key"), errors::unavailable},
                        {answer("409 Twice"), errors::unavailable},
                        {answer("302 Moved", "Location: https://eve.example/\r\n"), errors::unavailable},
                        {answer("500 Oops"), errors::unavailable},
                        {"nonsense", errors::outcome_unknown}}) {
    const ScriptedServer server(test::answer_once_with(row.answer));
    const auto sent = send(server);
    ASSERT_FALSE(sent) << row.answer;
    EXPECT_EQ(sent.error().code(), row.code) << row.answer;
    EXPECT_THAT(sent.error().cause(), Not(HasSubstr("hush")));
    EXPECT_THAT(sent.error().cause(), Not(HasSubstr("\x1b")));
  }
  const ScriptedServer busy(test::answer_once_with(answer("429 Slow", "Retry-After: 7\r\n")));
  EXPECT_EQ(send(busy).error().retry_after(), std::chrono::seconds{7});
  const ScriptedServer silent([](ServerPeer& peer) { peer.wait_for_close(); });
  EXPECT_EQ(send(silent, std::chrono::milliseconds{200}).error().code(), errors::outcome_unknown);
}

}  // namespace
}  // namespace ashlar::mail
