// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

namespace ashlar::http {

// Limits on what clients can make a server spend. The comment gives the response status when one is exceeded.
struct Limits {
  std::size_t request_line_bytes_max = 8 * 1024;     // 414
  std::size_t header_bytes_max = 32 * 1024;          // 431; of all header lines together
  std::size_t header_count_max = 100;                // 431
  std::size_t chunk_extension_bytes_max = 4 * 1024;  // 413; of all extensions of a chunked body; they are skipped
  std::size_t trailer_bytes_max = 8 * 1024;          // 413; of the trailers of a chunked body; they are discarded
  std::size_t body_bytes_max = 10 * 1024 * 1024;     // 413; a handler may read with a lower limit
  std::size_t pipelined_requests_max = 64;           // unanswered requests read ahead; more wait in the socket
  std::size_t output_bytes_max = 1024 * 1024;        // joined responses waiting for a slow reader; then reading stops
  // A loop with at least this many responses per second delays the responses of one turn, on at most 16 connections, to
  // the turn's end: a client with many of the connections is woken once for all of them. 0: always.
  std::size_t gathering_answers_per_second_min = 2'000;

  // Total connections. At the limit a new connection replaces a connection of its loop: the one that has been idle
  // longest, or else the one that has been sending its TLS handshake or first head longest. If there is neither, the
  // new connection is closed.
  std::size_t connections_max = 10'000;
  // Connections per address, an IPv6 address counted by its /64; further ones are closed immediately. 0: no limit. Set
  // 0 behind a proxy that ProxyProtocolOptions does not name: all clients then have its address.
  std::size_t connections_per_address_max = 1'000;
  std::size_t requests_per_connection_max = 1'000'000;  // then `Connection: close`
  std::size_t discarded_body_bytes_max = 64 * 1024;     // a larger unread body ends the connection
  std::chrono::milliseconds header_time_max{10'000};    // 408; from the first byte of a request to its last header

  std::chrono::milliseconds body_idle_time_max{30'000};  // 408; between two pieces of a body
  std::chrono::milliseconds body_grace_time{10'000};     // 408; after it, the minimum rate of a body applies
  std::size_t body_bytes_per_second_min = 500;  // 408; of a body, on average since its first byte; 0: no minimum
  // 408; of a whole body. Only times in which the server waits for the client count. 0: no limit.
  std::chrono::milliseconds body_time_max{300'000};
  // The handler runs when the body has arrived, or this much of a larger one, so that a request does not count as
  // running while it waits for its client. 0: it runs immediately. HTTP/2: at most half of http2_stream_window_bytes. A
  // request with `Expect: 100-continue` is passed to its handler first, which may refuse the body.
  std::size_t body_bytes_buffered_max = 64 * 1024;
  // Requests of one address whose bodies have not arrived; 429. Addresses are counted as in
  // connections_per_address_max. 0: no limit.
  std::size_t awaited_bodies_per_address_max = 500;

  std::chrono::milliseconds idle_time_max{75'000};        // a kept-alive connection without a request is closed
  std::chrono::milliseconds idle_memory_time_max{1'000};  // then it releases its buffers until the next request

  std::chrono::milliseconds write_time_max{30'000};  // a reader that accepts nothing for that long is disconnected
  // After write_time_max, a reader that accepts less than this on average is disconnected as well. HTTP/2: over the
  // whole connection. 0: no minimum.
  std::size_t response_bytes_per_second_min = 500;
  // Total response bytes in memory that clients have not accepted; each loop has an equal share. At the limit the
  // connection that has held bytes longest is closed. A connection that holds at most 128 KiB does not count.
  std::size_t unsent_bytes_max = 64 * 1024 * 1024;
  // The same for one HTTP/2 connection: 503 instead of a response that does not fit, unless it is the only one.
  std::size_t unsent_bytes_per_connection_max = 16 * 1024 * 1024;

  std::chrono::milliseconds tls_handshake_time_max{10'000};
  // After a final response to a client that is still sending: how long its bytes are read and discarded, so that the
  // response is not lost in a reset (RFC 9112 section 9.6).
  std::chrono::milliseconds linger_time_max{2'000};
  // While a server stops: how long an idle connection may still send a request, since one may be in flight already; 0:
  // none. HTTP/2: from the announcing GOAWAY to the final one.
  std::chrono::milliseconds drain_notice_time{200};

  // For HTTP/2 (RFC 9113) only. Exceeding one of the last three causes GOAWAY with ENHANCE_YOUR_CALM and closes the
  // connection.
  std::size_t http2_streams_max = 100;                      // concurrent requests on a connection
  std::size_t http2_stream_window_bytes = 64 * 1024;        // of a request's body that its handler has not read
  std::size_t http2_connection_window_bytes = 1024 * 1024;  // the same, of all request bodies of a connection
  std::size_t http2_stream_output_bytes_max = 32 * 1024;    // of a streamed response that the client has not accepted
  std::chrono::milliseconds http2_rate_time{10'000};        // the interval over which the next two are counted
  std::size_t http2_resets_max = 200;                       // streams reset by the client, or through its fault
  std::size_t http2_control_frames_max = 500;               // PING, SETTINGS, PRIORITY and other frames without effect
  std::size_t http2_continuations_max = 8;                  // CONTINUATION frames after one HEADERS frame
};

}  // namespace ashlar::http
