// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/server_shared.hpp"

namespace ashlar::http::detail {

IpAddress address_of(const boost::asio::ip::address& address) {
  return address.is_v4() ? IpAddress::of_ipv4(address.to_v4().to_bytes()) : IpAddress(address.to_v6().to_bytes());
}

void ServerShared::connection_ended() {
  if (connections.fetch_sub(1) != 1) return;
  const std::scoped_lock lock(mutex);  // the waiting thread has either not checked yet, or is waiting
  none_left.notify_all();
}

ConnectionPermit::ConnectionPermit(ServerShared& shared)
    : shared_(&shared), beyond_limit_(shared.connections.fetch_add(1) >= shared.limits.connections_max) {}

ConnectionPermit::ConnectionPermit(ConnectionPermit&& other) noexcept
    : shared_(std::exchange(other.shared_, nullptr)),
      address_(std::exchange(other.address_, std::nullopt)),
      beyond_limit_(other.beyond_limit_),
      address_counted_(std::exchange(other.address_counted_, false)),
      awaited_bodies_(std::exchange(other.awaited_bodies_, 0)) {}

ConnectionPermit::~ConnectionPermit() {
  if (shared_ == nullptr) return;
  while (awaited_bodies_ > 0) end_body();
  if (address_counted_) shared_->addresses.leave(*address_);
  shared_->connection_ended();
}

bool ConnectionPermit::count_for(const boost::asio::ip::address& address) {
  const std::size_t most = shared_->limits.connections_per_address_max;
  const IpAddress counted = address_of(address);
  if (most != 0 && !shared_->addresses.enter(counted, most)) return false;
  address_ = counted;
  address_counted_ = most != 0;
  return true;
}

bool ConnectionPermit::begin_body() {
  const std::size_t most = shared_->limits.awaited_bodies_per_address_max;
  if (most != 0 && address_) {
    if (!shared_->awaited_bodies.enter(*address_, most)) return false;
    ++awaited_bodies_;
  }
  return true;
}

void ConnectionPermit::end_body() {
  if (awaited_bodies_ == 0) return;
  --awaited_bodies_;
  shared_->awaited_bodies.leave(*address_);
}

}  // namespace ashlar::http::detail
