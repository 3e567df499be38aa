// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/outbound_stream.hpp"

#include "ashlar/http/client/detail/client_dial.hpp"
#include "ashlar/http/client/detail/client_stream.hpp"
#include "ashlar/http/client/detail/client_tls.hpp"
#include "ashlar/http/client/detail/host_name.hpp"

#include <atomic>
#include <optional>
#include <utility>

namespace ashlar::http {
namespace {

std::unexpected<Error> lost(std::string cause) {
  return std::unexpected(
      Error(client_errors::connection_lost, "The connection was lost.").with_cause(std::move(cause)));
}

class SocketStream final : public OutboundStream {
 public:
  SocketStream(detail::ClientSocket socket, Origin origin, boost::asio::ssl::context& tls, const Clock& clock)
      : stream_(std::move(socket)), origin_(std::move(origin)), tls_(tls), clock_(clock) {}

  Task<Result<>> start_tls() override {
    std::string wrong = co_await stream_.secure(tls_, origin_, clock_.now());
    if (wrong.empty()) co_return Result<>{};
    co_return std::unexpected(Error(client_errors::tls_failed, "No secure connection to the host can be made.")
                                  .with_cause(origin_.host + ": " + wrong));
  }
  Task<Result<>> write(std::string_view bytes) override {
    const auto failed = co_await stream_.write(bytes, {});
    if (failed) co_return lost(failed.message());
    co_return Result<>{};
  }
  Task<Result<std::size_t>> read_some(std::span<char> room) override {
    const auto [failed, size] = co_await stream_.read_some(boost::asio::buffer(room.data(), room.size()));
    if (failed) co_return lost(failed.message());
    co_return size;
  }
  bool has_input_or_end() override { return stream_.has_input_or_end(); }

 private:
  detail::ClientStream stream_;
  const Origin origin_;
  boost::asio::ssl::context& tls_;
  const Clock& clock_;
};

}  // namespace

struct OutboundConnector::State {
  explicit State(const OutboundConnectorOptions& given)
      : options{.ca_file = given.ca_file,
                .connect_time_max = given.connect_time_max,
                .addresses_max = given.addresses_max},
        tls(detail::make_client_tls_context(given.ca_file, detail::Alpn::none)),
        resolver(given.resolver != nullptr ? *given.resolver : own_resolver.emplace()),
        clock(given.clock != nullptr ? *given.clock : system_clock) {}

  const ClientOptions options;
  const std::shared_ptr<boost::asio::ssl::context> tls;
  std::optional<SystemResolver> own_resolver;
  Resolver& resolver;
  const SystemClock system_clock;
  const Clock& clock;
  std::atomic<std::uint64_t> connects = 0;
};

OutboundConnector::OutboundConnector(OutboundConnectorOptions options) : state_(std::make_unique<State>(options)) {}
OutboundConnector::~OutboundConnector() = default;

Task<Result<std::unique_ptr<OutboundStream>>> OutboundConnector::connect(std::string host, std::uint16_t port,
                                                                         EgressPolicy egress) {
  auto name = detail::parse_host_name(host);
  if (const auto address = IpAddress::parse(host); !name && address) name = detail::host_name_of(*address);
  if (!name) co_return fail(client_errors::invalid_url, "This is no host.");
  Origin origin{.host = std::move(name->text), .address = name->address, .port = port};
  std::string_view phase;
  detail::ClientSocket socket = co_await unwrap(
      detail::dial_socket({state_->options, state_->resolver, state_->clock, *state_->tls, state_->connects}, origin,
                          std::move(egress), phase));
  co_return std::make_unique<SocketStream>(std::move(socket), std::move(origin), *state_->tls, state_->clock);
}

}  // namespace ashlar::http
