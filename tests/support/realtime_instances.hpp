// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task_scope.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/schema/json.hpp"
#include "backend/realtime/realtime.hpp"
#include "tests/support/test_backend.hpp"
#include "tests/support/websocket_client.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::test {

// The backend with its loops, so that it serves WebSockets: instances that share a database, each behind a server. The
// requests of a TestBackend's client are of the first instance, and run in the test's thread.
class RealtimeInstances {
 public:
  explicit RealtimeInstances(std::size_t count = 1, const TestBackend::ChangeSettings& change = {})
      : RealtimeInstances(prepared_database_url(), count, change) {}
  ~RealtimeInstances() { stop(); }
  RealtimeInstances(const RealtimeInstances&) = delete;
  RealtimeInstances& operator=(const RealtimeInstances&) = delete;

  void stop() {
    for (const auto& server : servers_) server->stop(std::chrono::milliseconds(0));
    for (backend::Application* application : std::exchange(applications_, {})) application->close();
  }

  [[nodiscard]] std::uint16_t port(std::size_t instance = 0) const { return servers_[instance]->port(); }
  backend::Application& application(std::size_t instance = 0) { return *applications_[instance]; }
  [[nodiscard]] std::size_t count() const { return servers_.size(); }

  // A socket with an access token or API key.
  [[nodiscard]] std::unique_ptr<WebSocketClient> connect(const std::string& token, std::size_t instance = 0,
                                                         WebSocketOver over = WebSocketOver::http1) const {
    return std::make_unique<WebSocketClient>(
        port(instance), over,
        WebSocketClientOptions{.path = "/api/realtime", .headers = {{"authorization", "Bearer " + token}}});
  }

 private:
  RealtimeInstances(const std::string& url, std::size_t count, const TestBackend::ChangeSettings& change)
      : backend(
            [&](backend::Settings& settings) {
              settings.database_url = url;
              settings.job_worker = backend::Settings::JobWorker::off;
              settings.revocation_delay_max = std::chrono::minutes(1);  // what is known sooner was asked for
              settings.realtime.reconnect_spread = std::chrono::minutes(10);
              if (change) change(settings);
            },
            url) {
    applications_.push_back(&backend.application());
    while (applications_.size() < count) applications_.push_back(&backend.new_instance());
    for (backend::Application* application : applications_) {
      auto& server = servers_.emplace_back(std::make_unique<http::Server>(
          http::ServerOptions{.host = "127.0.0.1", .port = 0, .loops = 2}, application->app()));
      application->start({&server->loop(0), &server->loop(1)});
      server->start();
    }
    for (backend::Application* application : applications_) wait_for_first_look(*application);
  }

  // Before it an instance uses no rights that it keeps. Each load waits for a while.
  void wait_for_first_look(backend::Application& application) {
    while (!async::run_to_end(backend.client().loop(), application.authorities().load(Uuid{}))) continue;
  }

  std::vector<backend::Application*> applications_;
  std::vector<std::unique_ptr<http::Server>> servers_;  // their loops outlive the database

 public:
  TestBackend backend;
};

inline void say(WebSocketClient& client, const std::string& json) { client.send(realtime::Opcode::text, json); }

// Subscribes; returns the answer: {"type":"subscribed",...} or an error.
inline std::string subscribe(WebSocketClient& client, const std::string& channel, const std::string& after = {}) {
  const std::string from = after.empty() ? "" : R"(,"after":")" + after + "\"";
  say(client, R"({"type":"subscribe","id":"s","channel":")" + channel + "\"" + from + "}");
  return client.next();
}

// The next message or close frame. A test that advances the clock makes the server send pings.
inline std::string next_but_pings(WebSocketClient& client) {
  std::string out = client.next();
  while (out.starts_with("ping")) out = client.next();
  return out;
}

// The value of a member whose value is a string without escapes.
inline std::string text_of(const std::string& json, const std::string& member) {
  const std::string before = "\"" + member + "\":\"";
  const std::size_t at = json.find(before);
  if (at == json.npos) return {};
  return json.substr(at + before.size(), json.find('"', at + before.size()) - at - before.size());
}

}  // namespace ashlar::test
