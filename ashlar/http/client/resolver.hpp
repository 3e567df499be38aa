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

// Finds the addresses of a host. Used from several loops at once.
class Resolver {
 public:
  Resolver() = default;
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  virtual ~Resolver() = default;

  // At least one address, in the order in which they are to be tried. Errors: http_client.unresolved,
  // http_client.overloaded. Cancelled: throws operation_aborted, without waiting for a name server.
  virtual Task<Result<std::vector<IpAddress>>> resolve(std::string host) = 0;
};

struct SystemResolverOptions {
  std::size_t threads = 4;        // lookups at once
  std::size_t lookups_max = 256;  // running and waiting; one more is refused with http_client.overloaded
  // The time that one name server has to answer, of whom two attempts are made: see resolv.conf(5), "timeout".
  std::chrono::seconds name_server_time_max{2};
};

// The system's resolver (getaddrinfo(3): hosts file, DNS), on threads of its own, since it blocks. A caller that is
// cancelled goes on at once; the lookup runs to its end without it. The destructor waits for lookups that run.
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
