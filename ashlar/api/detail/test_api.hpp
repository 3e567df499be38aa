// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/api/client.hpp"
#include "ashlar/api/detail/typed_operation.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/log/logger.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

// The fixture of this module's tests: endpoints behind an Api with a manual clock, a log that can be read, and
// principals.
namespace ashlar::api::detail {

class TestApi {
 public:
  // An endpoint that the test completes before it calls client().
  template <class Op, class... Services>
  Endpoint& add(std::string name, Op operation, Services&... services) {
    Endpoint& endpoint = *endpoints_.emplace_back(std::make_unique<Endpoint>());
    endpoint.name = std::move(name);
    endpoint.operation =
        std::make_unique<TypedOperation<Op>>(operation, typename OperationTraits<Op>::Services(services...));
    return endpoint;
  }
  TestApi() = default;
  ~TestApi() = default;
  TestApi(const TestApi&) = delete;
  TestApi& operator=(const TestApi&) = delete;

  Api& api() {
    if (!api_) {
      std::vector<const Endpoint*> all;
      for (const auto& endpoint : endpoints_) all.push_back(endpoint.get());
      api_.emplace(options, Call::Environment{&clock, &random, &*log_}, nullptr, std::move(all));
    }
    return *api_;
  }
  Result<ClientReply> call(std::string operation, std::string json, Caller caller = {}) {
    return async::run_to_end(loop, Client(api()).call(std::move(operation), std::move(json), std::move(caller)));
  }
  // "ok", or the error's code.
  std::string outcome(std::string operation, std::string json, Caller caller = {}) {
    const auto reply = call(std::move(operation), std::move(json), std::move(caller));
    return reply ? "ok" : std::string(reply.error().code().name);
  }
  static Caller as(std::string role, std::vector<std::string> permissions = {}, Uuid id = user_id) {
    return {.principal = std::make_shared<const auth::Principal>(auth::Principal{.id = id,
                                                                                 .session = {},
                                                                                 .token_id = {},
                                                                                 .email = "ada@example.com",
                                                                                 .role = std::move(role),
                                                                                 .permissions = std::move(permissions),
                                                                                 .expires_at = {}})};
  }
  std::string log_lines() {
    log_->flush();
    std::ostringstream out;
    out << std::ifstream(log_file_).rdbuf();
    return out.str();
  }
  log::Logger& log() { return *log_; }

  static inline const Uuid user_id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef");
  static inline const Uuid other_id = *Uuid::parse("01234567-89ab-7def-8123-000000000000");

  ManualClock clock{Timestamp::from_milliseconds(1'800'000'000'000)};
  SeededRandom random{7};
  ApiOptions options;
  boost::asio::io_context loop{1};

 private:
  static log::LogOptions log_options(const std::string& file) {
    log::LogOptions out;
    out.level = log::Level::debug;
    out.console = log::LogOptions::Console::none;
    out.file = file;
    return out;
  }

  test::TemporaryFolder folder_;
  std::string log_file_ = folder_ / "log";
  std::optional<log::Logger> log_{std::in_place, log_options(log_file_), clock};
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  std::optional<Api> api_;
};

}  // namespace ashlar::api::detail
