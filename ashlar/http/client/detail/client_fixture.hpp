// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/http/detail/test_signal.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/test_loop.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// For tests.
namespace ashlar::http::detail {

using namespace std::chrono_literals;
using test::response_with;
using test::ScriptedServer;
using test::ServerPeer;
using test::ServerScript;

// Resolves from a table: each host has a list of answers, the last of which repeats. Without a row: unresolved.
class FakeResolver final : public Resolver {
 public:
  using Answer = std::vector<std::string>;

  explicit FakeResolver(std::map<std::string, std::vector<Answer>> table = {}) : table_(std::move(table)) {}
  // A host whose name server never answers.
  void hang(std::string host) { hanging_ = std::move(host); }

  Task<Result<std::vector<IpAddress>>> resolve(std::string host) override {
    std::vector<IpAddress> out;
    {
      const std::scoped_lock lock(mutex_);
      const int call = calls_[host]++;
      if (const auto row = table_.find(host); row != table_.end()) {
        const std::size_t index = std::min<std::size_t>(static_cast<std::size_t>(call), row->second.size() - 1);
        for (const std::string& address : row->second[index]) out.push_back(*IpAddress::parse(address));
      }
    }
    if (host == hanging_) co_await async::sleep_for(1h);
    if (out.empty()) co_return fail(client_errors::unresolved, "The host has no address.");
    co_return out;
  }
  [[nodiscard]] int calls(const std::string& host) {
    const std::scoped_lock lock(mutex_);
    return calls_[host];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<Answer>> table_;
  std::map<std::string, int> calls_;
  std::string hanging_;
};

class ClientFixture : public ::testing::Test, protected tests::TestLoop {
 protected:
  // The body of a response with its status, or the error's code.
  static std::string outcome_of(const Result<ClientResponse>& response) {
    if (!response) return std::string(response.error().code().name);
    return std::to_string(response->status) + " " + response->body;
  }
  std::string outcome(Client& client, ClientRequest request, std::chrono::milliseconds time_max = 10s) {
    return outcome_of(await(client.send(std::move(request), time_max)));
  }
  // For servers on the loopback interface.
  static ClientRequest to(std::string url) {
    return {.url = std::move(url), .egress = EgressPolicy::operator_configured()};
  }
  static ClientRequest post_to(std::string url, std::string body) {
    ClientRequest out = to(std::move(url));
    out.method = Method::post;
    out.body = std::move(body);
    return out;
  }

  // A cancellable send and its outcome: as outcome(), or "aborted".
  class Sent {
   public:
    Sent(boost::asio::io_context& loop, Client& client, ClientRequest request) : loop_(loop), scope_(loop) {
      scope_.start(keep(client.send(std::move(request), 1h), outcome));
    }
    std::string cancel() {
      scope_.cancel();
      async::run_to_end(loop_, scope_.join());
      return outcome;
    }
    std::string outcome;

   private:
    static Task<> keep(Task<Result<ClientResponse>> task, std::string& out) {
      try {
        out = outcome_of(co_await std::move(task));
      } catch (const boost::system::system_error& e) {
        out = e.code() == boost::asio::error::operation_aborted ? "aborted" : e.what();
      }
    }
    boost::asio::io_context& loop_;
    async::TaskScope scope_;
  };

  // Runs the loop until the condition holds.
  template <class Condition>
  void run_until(Condition holds) {
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    loop_.restart();
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "the condition never held";
      loop_.run_one_for(1ms);
    }
  }
};

}  // namespace ashlar::http::detail
