// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/http/client/detail/client_stream.hpp"
#include "ashlar/http/client/detail/http1_response_head.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::http::detail {

// A request in wire format.
struct WireRequest {
  Method method;
  std::string head;
  std::string_view body;  // of the ClientRequest, which outlives the exchange
  std::size_t response_body_bytes_max;
};

[[nodiscard]] WireRequest wire_request(const ClientRequest& request, const RequestUrl& url,
                                       const ClientOptions& options);

// A connection to a server, for consecutive exchanges. Belongs to one loop. Its tasks take references to objects in the
// awaiting frame.
class ClientConnection {
 public:
  // The options outlive it.
  ClientConnection(ClientSocket socket, const ClientOptions& options) : stream(std::move(socket)), options_(options) {}

  ClientStream stream;

  // Writes the request and reads its response (all but ClientResponse::url). Errors: http_client.connection_lost,
  // .malformed_response, .response_too_large. After an error the connection must not be used again.
  Task<Result<ClientResponse>> exchange(const WireRequest& request);

  // Whether the connection can be used for another exchange: HTTP/1.1, not closing, both messages transferred
  // completely, and nothing received after the response.
  [[nodiscard]] bool reusable() { return reusable_ && input_.empty() && !stream.has_input_or_end(); }
  // Whether a byte of the last response has arrived.
  [[nodiscard]] bool response_began() const { return response_began_; }
  [[nodiscard]] std::chrono::milliseconds idle_time_max() const { return idle_time_max_; }

 private:
  // false: the peer closed the connection in order.
  Task<Result<bool>> receive();
  Task<Result<ReceivedHead>> read_head(Method method);
  Task<Result<>> read_body(const ReceivedHead& head, std::size_t bytes_max, std::string& body);
  Task<Result<>> read_length(std::uint64_t length, std::string& body);
  Task<Result<>> read_chunks(std::size_t bytes_max, std::string& body);
  Task<Result<>> read_until_close(std::size_t bytes_max, std::string& body);

  const ClientOptions& options_;
  std::string input_;  // received and not consumed
  bool response_began_ = false;
  bool reusable_ = false;
  std::chrono::milliseconds idle_time_max_{0};
};

}  // namespace ashlar::http::detail
