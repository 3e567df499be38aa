// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct ssl_session_st;

namespace ashlar::test {

// A response as it came, its body put together.
struct RawResponse {
  std::string version;  // "HTTP/1.1"
  int status = 0;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  [[nodiscard]] std::string header(std::string_view name) const;  // the first of that name, without case; else empty
  [[nodiscard]] std::size_t count(std::string_view name) const;
};

struct RawClientOptions {
  std::string host = "127.0.0.1";             // a numeric address
  std::chrono::milliseconds timeout{10'000};  // of each wait; then it throws
  int receive_buffer_bytes = 0;               // SO_RCVBUF, for slow readers; 0: as it is
  std::string preface{};                      // sent first, before TLS
  struct Tls {
    std::string authority_file{};                // PEM: the certificate to trust; empty: any
    std::string protocol{};                      // offered by ALPN; empty: none
    std::string certificate_file{}, key_file{};  // PEM: the client's own
    std::string version_max{};                   // "TLSv1.1": no newer one; weak ciphers are offered, too
    std::string ciphers{};                       // OpenSSL's names, of TLS 1.2
    std::shared_ptr<ssl_session_st> session{};   // to resume: see RawClient::session()
  };
  std::optional<Tls> tls = std::nullopt;
};

// A blocking HTTP/1.1 client for tests that sends any bytes, valid or not, and parses the responses strictly: a
// malformed response is an exception (std::runtime_error), and so is a wait that takes too long.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, RawClientOptions options = {});
  ~RawClient();
  RawClient(RawClient&&) noexcept;
  RawClient& operator=(RawClient&&) noexcept;

  void send(std::string_view bytes);
  // The same, for bytes that the server may no longer take: false when it has closed.
  bool try_send(std::string_view bytes);
  // A whole request: Host, and Content-Length when there is a body, are added; `headers` are lines that end in CR LF.
  RawResponse request(std::string_view method, std::string_view target, std::string_view headers = {},
                      std::string_view body = {});

  enum class Body : std::uint8_t { by_framing, none };  // none: the answer to HEAD
  // One response, interim ones included. Without Content-Length and Transfer-Encoding the body ends with the
  // connection.
  RawResponse read_response(Body body = Body::by_framing);
  // Up to and with the blank line, without the body.
  RawResponse read_head();
  std::string read(std::size_t bytes);  // exactly so many
  // What comes until the server closes; a reset counts as that.
  std::string read_until_close();
  // Waits for the server to close and says whether it did so without another byte.
  bool closed_by_server() { return read_until_close().empty(); }

  void shut_down_sending();  // half-close
  void close();
  void reset();                                      // ends the connection with RST
  [[nodiscard]] std::string protocol() const;        // what ALPN chose
  [[nodiscard]] std::string tls_version() const;     // "TLSv1.3"
  [[nodiscard]] std::string server_subject() const;  // common name of its certificate
  // What can be resumed. Of TLS 1.3 only after something was read.
  [[nodiscard]] std::shared_ptr<ssl_session_st> session() const;
  [[nodiscard]] bool resumed() const;

 private:
  struct State;
  std::size_t receive();
  std::string read_line();
  void read_chunks(std::string& body);

  std::unique_ptr<State> state_;
};

}  // namespace ashlar::test
