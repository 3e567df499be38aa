// SPDX-License-Identifier: Apache-2.0
// Every interleaving of four uses of a session's refresh tokens, against the table in docs/design/sessions.md, by two
// instances on one database; and many tabs at once.
#include "ashlar/schema/json.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <latch>
#include <string>
#include <thread>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

std::string body_of(const std::string& token) { return R"({"refreshToken": ")" + token + R"("})"; }

// Lets time pass for the database: it compares its clock with the time in the session's row.
void age_rotations(TestBackend& backend, std::chrono::milliseconds by) {
  const bool postgres = backend.database().dialect() == sql::Dialect::postgres;
  const auto done = backend.database().query_blocking(
      {.sql = postgres ? "update sessions set rotated_at = rotated_at - $1::bigint * interval '1 millisecond'"
                       : "update sessions set rotated_at = rotated_at - $1",
       .parameters = {std::int64_t{by.count()}},
       .mode = sql::Mode::write,
       .on_row = {}});
  ASSERT_TRUE(done) << done.error().cause();
}

// One use: which of the tokens that were given out so far is sent, when, and to which instance.
struct Use {
  std::size_t token = 0;  // 0: of the sign-in
  bool late = false;      // after the window
  std::size_t instance = 0;
};
using Uses = std::array<Use, 4>;

std::string text_of(const Uses& uses) {
  std::string out;
  for (const Use& use : uses)
    out += "R" + std::to_string(use.token) + (use.late ? " late" : "") + " at " + std::to_string(use.instance) + "; ";
  return out;
}

// The table, as a model: what each use is answered.
class Model {
 public:
  std::string use(const Use& use) {
    if (ended_) return "auth.token_revoked";
    if (use.token == newest_) {
      ++newest_;
      return "R" + std::to_string(newest_);
    }
    if (use.token + 1 == newest_ && !use.late) return "R" + std::to_string(newest_);
    ended_ = true;
    return "auth.refresh_reused";
  }
  [[nodiscard]] std::size_t newest() const { return newest_; }

 private:
  std::size_t newest_ = 0;
  bool ended_ = false;
};

// Calls `visit` with every sequence of four uses of tokens that were given out by then. `instances` says which one each
// goes to.
template <class Visit>
void for_every_interleaving(const std::array<std::size_t, 4>& instances, const Visit& visit) {
  const auto extend = [&](const auto& self, Uses uses, std::size_t made, const Model& model) -> void {
    if (made == uses.size()) return visit(uses);
    for (std::size_t token = 0; token <= model.newest(); ++token) {
      for (const bool late : {false, true}) {
        uses[made] = {.token = token, .late = late, .instance = instances[made]};
        Model after = model;
        (void)after.use(uses[made]);
        self(self, uses, made + 1, after);
      }
    }
  };
  extend(extend, Uses{}, 0, Model{});
}

// A session whose tokens are used in turn. An answer that a client never got is one whose token it does not send.
class Trial {
 public:
  Trial(TestBackend& backend, std::array<web::TestClient*, 2> instances, const Person& person)
      : backend_(backend), instances_(instances), tokens_{person.refresh_token} {}

  // "R2": it got the third token of the session; or the error's code.
  std::string use(const Use& use) {
    if (use.late) age_rotations(backend_, 11s);
    const auto reply = instances_[use.instance]->post("/api/auth/refresh", body_of(tokens_[use.token]));
    if (reply.status != 200) {
      EXPECT_EQ(reply.status, 401) << reply.body;
      EXPECT_EQ(reply.header("Set-Cookie"), "") << "a refusal changes no cookie";
      return reply.at("/code");
    }
    const std::string next = reply.at("/data/refreshToken");
    auto found = std::ranges::find(tokens_, next);
    if (found == tokens_.end()) found = tokens_.insert(tokens_.end(), next);
    const auto me =
        instances_[use.instance]->send({.method = Method::get,
                                        .target = "/api/users/me",
                                        .headers = {{"Authorization", "Bearer " + reply.at("/data/accessToken")}},
                                        .body = {}});
    EXPECT_EQ(me.status, 200) << me.body;
    return "R" + std::to_string(found - tokens_.begin());
  }

 private:
  TestBackend& backend_;
  std::array<web::TestClient*, 2> instances_;
  std::vector<std::string> tokens_;
};

TEST(RefreshTable, HoldsForEveryInterleavingOfFourUsesByTwoInstances) {
  TestBackend backend;
  const std::array<web::TestClient*, 2> instances{&backend.client(), &backend.new_client(backend.new_instance())};
  const Person ada = backend.person("ada");
  std::size_t tried = 0;
  const auto try_out = [&](const Uses& uses) {
    ++tried;
    backend.clock().advance(1ms);  // the sessions that an account may have at most are the newest ones
    Model model;
    Trial trial(backend, instances, backend.sign_in(ada.email));
    for (const Use& use : uses) ASSERT_EQ(trial.use(use), model.use(use)) << text_of(uses);
  };
  for_every_interleaving({0, 1, 0, 1}, try_out);
  for_every_interleaving({0, 1, 1, 0}, try_out);
  EXPECT_EQ(tried, 2U * 232U);
}

// PostgreSQL measures the window by its own clock, which goes on: there the rotation is moved into the past.
TEST(RefreshTable, TheWindowEndsToTheMillisecond) {
  TestBackend backend;
  const bool postgres = backend.database().dialect() == sql::Dialect::postgres;
  const std::vector<std::pair<std::chrono::milliseconds, int>> cases = {
      {0ms, 200}, {postgres ? 2'000ms : 9'999ms, 200}, {10'000ms, 401}};
  for (const auto& [age, status] : cases) {
    const Person ada = backend.person("ada" + std::to_string(age.count()));
    ASSERT_EQ(backend.client().post("/api/auth/refresh", body_of(ada.refresh_token)).status, 200);
    if (postgres) {
      backend.run("update sessions set rotated_at = rotated_at - interval '" + std::to_string(age.count()) +
                  " milliseconds'");
    } else {
      backend.clock().advance(age);
    }
    EXPECT_EQ(backend.client().post("/api/auth/refresh", body_of(ada.refresh_token)).status, status) << age.count();
  }
}

TEST(RefreshTable, WithoutAWindowATokenIsUsedOnce) {
  TestBackend backend;
  auto& strict = backend.new_client(
      backend.new_instance([](backend::Settings& settings) { settings.sessions.limits.refresh_replay_window = 0ms; }));
  const Person ada = backend.person("ada");
  ASSERT_EQ(strict.post("/api/auth/refresh", body_of(ada.refresh_token)).status, 200);
  EXPECT_EQ(strict.post("/api/auth/refresh", body_of(ada.refresh_token)).at("/code"), "auth.refresh_reused");
}

TEST(RefreshTable, ATokenThatIsSentAgainGetsTheSamePairButForTheAccessToken) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto first = backend.client().post("/api/auth/refresh", body_of(ada.refresh_token));
  backend.clock().advance(3s);
  const auto again = backend.client().post("/api/auth/refresh", body_of(ada.refresh_token));
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.at("/data/refreshToken"), first.at("/data/refreshToken"));
  EXPECT_EQ(again.at("/data/user/id"), ada.id);
  EXPECT_EQ(again.at("/data/expiresIn"), "900");
}

// Each round, all tabs send the token that the browser holds; it keeps any of the answers.
TEST(RefreshTable, FiftyTabsAtOnceAreNeverSignedOut) {
  constexpr std::size_t threads = 10, tabs_of_a_thread = 5, rounds = 8;
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::array<backend::Application*, 2> instances{&backend.application(), &backend.new_instance()};
  std::vector<web::TestClient*> clients;
  for (std::size_t i = 0; i < threads; ++i) clients.push_back(&backend.new_client(*instances[i % 2]));
  std::string token = ada.refresh_token;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<std::string> next(threads * tabs_of_a_thread);
    std::latch ready(threads);
    std::vector<std::thread> running;
    for (std::size_t i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        ready.arrive_and_wait();
        for (std::size_t tab = 0; tab < tabs_of_a_thread; ++tab) {
          const auto reply = clients[i]->post("/api/auth/refresh", body_of(token));
          next[i * tabs_of_a_thread + tab] = reply.status == 200 ? reply.at("/data/refreshToken") : reply.body;
        }
      });
    }
    for (std::thread& thread : running) thread.join();
    for (const std::string& each : next) ASSERT_EQ(each, next.front()) << "round " << round;
    ASSERT_NE(next.front(), token);
    token = next.front();
  }
  age_rotations(backend, 11s);
  EXPECT_EQ(backend.client().post("/api/auth/refresh", body_of(ada.refresh_token)).at("/code"), "auth.refresh_reused");
  EXPECT_EQ(backend.client().post("/api/auth/refresh", body_of(token)).at("/code"), "auth.token_revoked");
}

// The page says what the model says.
TEST(RefreshTable, IsTheOneOfTheDesignPage) {
  std::ifstream in(ASHLAR_SOURCE_DIR "/docs/design/sessions.md");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  for (const std::string row :
       {"| the newest token | any time | the next token |",
        "| the token before it | within the window | the newest token |",
        "| the token before it | after the window | `auth.refresh_reused`, and the session ends |",
        "| any older token | any time | `auth.refresh_reused`, and the session ends |"})
    EXPECT_THAT(text, testing::HasSubstr(row));
}

}  // namespace
}  // namespace ashlar::test
