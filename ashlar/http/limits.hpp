// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

namespace ashlar::http {

// What the open internet may make a server spend. Each has a status or an end of connection as its answer.
struct Limits {
  std::size_t request_line_bytes_max = 8 * 1024;     // 414
  std::size_t header_bytes_max = 32 * 1024;          // 431; of all header lines together
  std::size_t header_count_max = 100;                // 431
  std::size_t chunk_extension_bytes_max = 4 * 1024;  // 413; of all extensions of a chunked body; they are skipped
  std::size_t trailer_bytes_max = 8 * 1024;          // 413; of the trailers of a chunked body; they are discarded
  std::size_t body_bytes_max = 10 * 1024 * 1024;     // 413; a handler may read with a lower one
  std::size_t pipelined_requests_max = 64;           // unanswered ones read ahead; more wait in the socket
  std::size_t output_bytes_max = 1024 * 1024;        // joined answers waiting for a slow reader; then reading stops
  // A loop that answers so many holds the answers of one turn back until its end, of at most 16 connections: their
  // client is woken once for all of them. 0: each loop, always.
  std::size_t gathering_answers_per_second_min = 2'000;

  // Connections in all. At the limit a new connection takes the place of the one of its loop that has been idle for the
  // longest, or that has been sending its TLS handshake or first head for the longest. It is closed when there is none.
  std::size_t connections_max = 10'000;
  // Connections of one address, an IPv6 one counted by its /64; more are closed at once. 0: no limit. Set 0 behind a
  // proxy that ProxyProtocolOptions does not name: all clients have its address.
  std::size_t connections_per_address_max = 1'000;
  std::size_t requests_per_connection_max = 1'000'000;  // then `Connection: close`
  std::size_t discarded_body_bytes_max = 64 * 1024;   // an unread body is skipped up to here, else the connection ends
  std::chrono::milliseconds header_time_max{10'000};  // 408; from the first byte of a request to its last header

  std::chrono::milliseconds body_idle_time_max{30'000};  // 408; between two pieces of a body
  std::chrono::milliseconds body_grace_time{10'000};     // 408; after it, the minimum rate of a body applies
  std::size_t body_bytes_per_second_min = 500;  // 408; of a body, on average since its first byte; 0: no minimum
  // 408; of a whole body. Of all these times only that counts in which the server waits for the client. 0: no limit.
  std::chrono::milliseconds body_time_max{300'000};
  // The handler runs when the body has arrived, or this much of a larger one, so that a request does not count as
  // running while it waits for its client. 0: it runs at once. HTTP/2: at most half of http2_stream_window_bytes. A
  // request with `Expect: 100-continue` is given to its handler first, which may refuse the body.
  std::size_t body_bytes_buffered_max = 64 * 1024;
  // Requests of one address whose bodies have not arrived; 429. Addresses count as for connections_per_address_max.
  // 0: no limit.
  std::size_t awaited_bodies_per_address_max = 500;

  std::chrono::milliseconds idle_time_max{75'000};        // a kept-alive connection without a request is closed
  std::chrono::milliseconds idle_memory_time_max{1'000};  // then it gives its buffers back until a request comes

  std::chrono::milliseconds write_time_max{30'000};  // a reader that takes nothing for that long is cut off
  // After write_time_max, so is one that takes less than this on average. HTTP/2: on the whole connection. 0: no
  // minimum.
  std::size_t response_bytes_per_second_min = 500;
  // Bytes of responses in memory that clients have not taken, in all; each loop has an equal share. At the limit the
  // connection that has held some for the longest ends. One that holds at most 128 KiB does not count.
  std::size_t unsent_bytes_max = 64 * 1024 * 1024;
  // The same of one HTTP/2 connection: 503 instead of a response that does not fit, unless it is the only one.
  std::size_t unsent_bytes_per_connection_max = 16 * 1024 * 1024;

  std::chrono::milliseconds tls_handshake_time_max{10'000};
  // After a last answer to a client that is still sending: how long what it sends is read and dropped, so that the
  // answer is not lost in a reset (RFC 9112 section 9.6).
  std::chrono::milliseconds linger_time_max{2'000};
  // A server that stops: how long an idle connection may still send a request, since one may be under way that left
  // before the client could know; 0: none. HTTP/2: from the GOAWAY that announces it to the one that is meant.
  std::chrono::milliseconds drain_notice_time{200};

  // Of HTTP/2 (RFC 9113) alone. Over one of the last three a client gets GOAWAY with ENHANCE_YOUR_CALM, and the end.
  std::size_t http2_streams_max = 100;                      // requests at once on a connection
  std::size_t http2_stream_window_bytes = 64 * 1024;        // of a request's body, that its handler has not read yet
  std::size_t http2_connection_window_bytes = 1024 * 1024;  // the same, of all request bodies of a connection
  std::size_t http2_stream_output_bytes_max = 32 * 1024;    // of a streamed response, that the client has not taken
  std::chrono::milliseconds http2_rate_time{10'000};        // the stretch of time that the next two are counted in
  std::size_t http2_resets_max = 200;                       // streams reset by the client, or by its fault
  std::size_t http2_control_frames_max = 500;               // PING, SETTINGS, PRIORITY and other frames without use
  std::size_t http2_continuations_max = 8;                  // CONTINUATION frames behind one HEADERS frame
};

}  // namespace ashlar::http
