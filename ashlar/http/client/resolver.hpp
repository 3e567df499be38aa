// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/ip_address.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::http {

// Resolves host names. Used from several loops concurrently.
class Resolver {
 public:
  Resolver() = default;
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  virtual ~Resolver() = default;

  // At least one address, in the order in which to try them. Errors: http_client.unresolved, http_client.overloaded.
  // Cancellation throws operation_aborted without waiting for a name server.
  virtual Task<Result<std::vector<IpAddress>>> resolve(std::string host) = 0;
};

struct SystemResolverOptions {
  std::size_t threads = 4;        // concurrent look-ups
  std::size_t lookups_max = 256;  // running and waiting; a further one is refused with http_client.overloaded
  // The time for one name server to answer; it gets two attempts: see resolv.conf(5), "timeout".
  std::chrono::seconds name_server_time_max{2};
};

// The system's resolver (getaddrinfo(3): hosts file, DNS), on its own threads, since it blocks. A cancelled caller
// continues immediately; its look-up runs to the end. The destructor waits for running look-ups.
class SystemResolver final : public Resolver {
 public:
  explicit SystemResolver(SystemResolverOptions options = {});
  ~SystemResolver() override;

  Task<Result<std::vector<IpAddress>>> resolve(std::string host) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::http
