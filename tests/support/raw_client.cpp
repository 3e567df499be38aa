// SPDX-License-Identifier: Apache-2.0
#include "tests/support/raw_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace ashlar::test {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("raw client: " + what); }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::uint64_t number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    fail("not a number: \"" + std::string(text) + "\"");
  }
  return value;
}

int connect_to(const RawClientOptions& options, std::uint16_t port) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const bool is_v6 = options.host.find(':') != std::string::npos;
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  v4.sin_port = v6.sin6_port = htons(port);
  void* address = is_v6 ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr);
  if (::inet_pton(is_v6 ? AF_INET6 : AF_INET, options.host.c_str(), address) != 1) fail("bad address " + options.host);
  const int socket = ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail(std::strerror(errno));
  const auto milliseconds = options.timeout.count();
  const timeval time{.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int buffer = options.receive_buffer_bytes;
  if (buffer > 0) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  const auto* to = is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  if (::connect(socket, to, is_v6 ? sizeof v6 : sizeof v4) != 0) {
    const std::string why = std::strerror(errno);
    ::close(socket);
    fail("cannot connect: " + why);
  }
  return socket;
}

struct FreeSsl {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

void use_choices(SSL_CTX* context, const RawClientOptions::Tls& tls) {
  if (!tls.certificate_file.empty() &&
      (SSL_CTX_use_certificate_chain_file(context, tls.certificate_file.c_str()) != 1 ||
       SSL_CTX_use_PrivateKey_file(context, tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1)) {
    fail("bad client certificate");
  }
  std::string ciphers = tls.ciphers;
  if (!tls.version_max.empty()) {
    const int version = tls.version_max == "TLSv1"     ? TLS1_VERSION
                        : tls.version_max == "TLSv1.1" ? TLS1_1_VERSION
                                                       : TLS1_2_VERSION;
    SSL_CTX_set_min_proto_version(context, std::min(version, TLS1_2_VERSION));
    SSL_CTX_set_max_proto_version(context, version);
    if (ciphers.empty()) ciphers = "ALL";
  }
  if (!ciphers.empty() && SSL_CTX_set_cipher_list(context, (ciphers + ":@SECLEVEL=0").c_str()) != 1) {
    fail("bad ciphers " + ciphers);
  }
}

}  // namespace

struct RawClient::State {
  ~State() {
    if (ssl) SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN);  // or OpenSSL would not resume its session again
    if (socket >= 0) ::close(socket);
  }
  int socket = -1;
  std::unique_ptr<SSL_CTX, FreeSsl> context;
  std::unique_ptr<SSL, FreeSsl> ssl;
  std::string received;  // and not read yet
};

std::string RawResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

std::size_t RawResponse::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(headers, [name](const auto& field) { return same_name(field.first, name); }));
}

RawClient::RawClient(std::uint16_t port, RawClientOptions options) : state_(std::make_unique<State>()) {
  state_->socket = connect_to(options, port);
  if (!options.preface.empty()) send(options.preface);
  if (!options.tls) return;
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write(2)
  state_->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = state_->context.get();
  if (!options.tls->authority_file.empty()) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context, options.tls->authority_file.c_str(), nullptr) != 1)
      fail("bad authority");
  }
  use_choices(context, *options.tls);
  state_->ssl.reset(SSL_new(context));
  SSL* ssl = state_->ssl.get();
  SSL_set_fd(ssl, state_->socket);
  if (const std::string& protocol = options.tls->protocol; !protocol.empty()) {
    const std::string list = static_cast<char>(protocol.size()) + protocol;
    SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(list.data()), static_cast<unsigned>(list.size()));
  }
  if (options.tls->session) SSL_set_session(ssl, options.tls->session.get());
  if (SSL_connect(ssl) != 1) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    fail(std::string("TLS handshake failed: ") + (reason != nullptr ? reason : "the server has closed"));
  }
}

RawClient::~RawClient() = default;
RawClient::RawClient(RawClient&&) noexcept = default;
RawClient& RawClient::operator=(RawClient&&) noexcept = default;

bool RawClient::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    if (state_->ssl) {
      if (SSL_write_ex(state_->ssl.get(), bytes.data(), bytes.size(), &sent) != 1) return false;
    } else {
      const ssize_t size = ::send(state_->socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("sending takes too long");
      if (size < 0) return false;
      sent = static_cast<std::size_t>(size);
    }
    bytes.remove_prefix(sent);
  }
  return true;
}

void RawClient::send(std::string_view bytes) {
  if (!try_send(bytes)) fail("cannot send: the server has closed");
}

RawResponse RawClient::request(std::string_view method, std::string_view target, std::string_view headers,
                               std::string_view body) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
  if (!body.empty()) out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  send(out.append("\r\n").append(body));
  return read_response(method == "HEAD" ? Body::none : Body::by_framing);
}

// Zero at the end of the connection.
std::size_t RawClient::receive() {
  char buffer[16 * 1024];
  std::size_t size = 0;
  if (state_->ssl) {
    errno = 0;
    if (SSL_read_ex(state_->ssl.get(), buffer, sizeof buffer, &size) != 1) {
      if (errno == EAGAIN) fail("the server takes too long");
      return 0;
    }
  } else {
    const ssize_t got = ::recv(state_->socket, buffer, sizeof buffer, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("the server takes too long");
    size = got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  state_->received.append(buffer, size);
  return size;
}

std::string RawClient::read(std::size_t bytes) {
  while (state_->received.size() < bytes) {
    if (receive() == 0) fail("the connection ended early, after \"" + state_->received.substr(0, 200) + "\"");
  }
  std::string out = state_->received.substr(0, bytes);
  state_->received.erase(0, bytes);
  return out;
}

std::string RawClient::read_until_close() {
  while (receive() > 0) continue;
  return std::exchange(state_->received, {});
}

std::string RawClient::read_line() {
  std::size_t end = 0;
  while ((end = state_->received.find("\r\n")) == std::string::npos) {
    if (receive() == 0) fail("the connection ended within a line: \"" + state_->received.substr(0, 200) + "\"");
  }
  std::string line = state_->received.substr(0, end);
  state_->received.erase(0, end + 2);
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) fail("a line has a control character");
  return line;
}

RawResponse RawClient::read_head() {
  RawResponse out;
  const std::string line = read_line();
  if (line.size() < 13 || !line.starts_with("HTTP/1.") || line[8] != ' ' || line[12] != ' ') {
    fail("bad status line: " + line);
  }
  out.version = line.substr(0, 8);
  out.status = static_cast<int>(number(std::string_view(line).substr(9, 3), 10));
  out.reason = line.substr(13);
  while (true) {
    const std::string field = read_line();
    if (field.empty()) return out;
    const std::size_t colon = field.find(": ");
    if (colon == std::string::npos || colon == 0 || field.find_first_of(" \t") < colon) fail("bad field: " + field);
    out.headers.emplace_back(field.substr(0, colon), field.substr(colon + 2));
  }
}

void RawClient::read_chunks(std::string& body) {
  while (true) {
    const std::uint64_t size = number(read_line(), 16);
    if (size > 0) body += read(size);
    if (!read_line().empty()) fail("a chunk does not end in CR LF");
    if (size == 0) return;
  }
}

RawResponse RawClient::read_response(Body body) {
  RawResponse out = read_head();
  const std::size_t lengths = out.count("Content-Length");
  const std::size_t codings = out.count("Transfer-Encoding");
  if (lengths + codings > 1) fail("the length of the body is not clear");
  const bool without = out.status < 200 || out.status == 204 || out.status == 304;
  if (without && lengths + codings > 0 && out.status != 304) fail("a length where no body may be");
  if (without || body == Body::none) return out;
  if (codings == 1) {
    if (out.header("Transfer-Encoding") != "chunked") fail("unknown coding " + out.header("Transfer-Encoding"));
    read_chunks(out.body);
  } else if (lengths == 1) {
    out.body = read(number(out.header("Content-Length"), 10));
  } else {
    out.body = read_until_close();
  }
  return out;
}

void RawClient::shut_down_sending() { ::shutdown(state_->socket, SHUT_WR); }

void RawClient::close() {
  if (state_->ssl) SSL_shutdown(state_->ssl.get());
  ::close(std::exchange(state_->socket, -1));
}

void RawClient::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(state_->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(state_->socket, -1));
}

std::string RawClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(state_->ssl.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string RawClient::server_subject() const {
  const X509* certificate = SSL_get0_peer_certificate(state_->ssl.get());
  std::string out(256, '\0');
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, out.data(),
                            static_cast<int>(out.size()));
  return out.c_str();
}

std::shared_ptr<ssl_session_st> RawClient::session() const {
  return {SSL_get1_session(state_->ssl.get()), SSL_SESSION_free};
}

bool RawClient::resumed() const { return SSL_session_reused(state_->ssl.get()) == 1; }

std::string RawClient::tls_version() const { return SSL_get_version(state_->ssl.get()); }

}  // namespace ashlar::test
