// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/device_tokens.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace ashlar::backend {

namespace {

constexpr std::size_t id_bytes = 16;

}  // namespace

api::DeviceToken DeviceTokens::issue(const Uuid& account, Timestamp now, Random& random) const {
  std::array<std::uint8_t, 2 * id_bytes> bytes{};
  std::ranges::copy(account.bytes(), bytes.begin());
  random.fill(std::as_writable_bytes(std::span(bytes).last<id_bytes>()));
  const Timestamp ends_at = now + lifetime_;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {.token = sealing_.seal(cookie_name, text, ends_at), .expires_at = ends_at};
}

std::optional<Uuid> DeviceTokens::device_of(std::string_view token, const Uuid& account, Timestamp now) const {
  const auto text = sealing_.open(cookie_name, token, now);
  if (!text || text->size() != 2 * id_bytes) return std::nullopt;
  std::array<std::uint8_t, id_bytes> owner{}, device{};
  std::ranges::copy_n(text->begin(), id_bytes, owner.begin());
  std::ranges::copy_n(text->begin() + id_bytes, id_bytes, device.begin());
  if (Uuid(owner) != account) return std::nullopt;
  return Uuid(device);
}

}  // namespace ashlar::backend
