// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

namespace ashlar::http::detail {

// The keys that encrypt session tickets (RFC 5077 section 4): one for new tickets, and its predecessor, which only
// decrypts earlier ones. Safe from any thread. Outlives every SSL_CTX that uses it, so sessions survive a new
// certificate.
class TicketKeys {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::size_t name_bytes = 16;
  struct Key {
    std::array<unsigned char, name_bytes> name{};
    std::array<unsigned char, 32> cipher_key{};  // AES-256-CBC
    std::array<unsigned char, 32> mac_key{};     // HMAC-SHA256
  };
  enum class Age : std::uint8_t { current, previous };
  struct Found {
    Key key;
    Age age;
  };

  explicit TicketKeys(std::chrono::seconds key_time) : key_time_(key_time) {}
  ~TicketKeys();
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;

  // The key for new tickets; nullopt when no random bytes are available for one.
  [[nodiscard]] std::optional<Key> current(Moment now);
  // The key of that name, unless it has expired.
  [[nodiscard]] std::optional<Found> find(std::span<const unsigned char, name_bytes> name, Moment now);

  void serve(SSL_CTX* context);  // its tickets use these keys from now on

 private:
  struct Made {
    Key key;
    Moment at;
  };
  void rotate(Moment now);

  const std::chrono::seconds key_time_;
  std::mutex mutex_;
  std::optional<Made> current_, previous_;
};

}  // namespace ashlar::http::detail
