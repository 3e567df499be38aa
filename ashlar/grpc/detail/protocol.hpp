// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// gRPC, gRPC-Web and Connect: how a message and an outcome lie in a request and a response of HTTP.
namespace ashlar::grpc::detail {

enum class Protocol : std::uint8_t {
  grpc,            // frames; the status in trailers
  web,             // the same with the trailers as the last frame, for browsers and HTTP/1.1
  web_text,        // the same in base64
  connect,         // the bare message; an error is a status of HTTP and JSON
  connect_stream,  // frames; the end as the last frame
};
enum class Encoding : std::uint8_t { proto, json };

struct Format {
  Protocol protocol = Protocol::grpc;
  Encoding encoding = Encoding::proto;
  bool gzip_accepted = false;
};

inline constexpr std::size_t compressed_from_bytes = 1024;
inline constexpr std::string_view accept_post =
    "application/grpc, application/grpc-web, application/grpc-web-text, application/proto, application/json, "
    "application/connect+proto, application/connect+json";

// By Content-Type. nullopt: of none of the protocols.
[[nodiscard]] std::optional<Format> format_of_post(const http::Request& request);
// Of a Connect GET, by its query.
[[nodiscard]] std::optional<Format> format_of_get(const http::Request& request);

// How many bytes a body may have whose message has `message_bytes_max`.
[[nodiscard]] std::size_t body_bytes_max(Format format, std::size_t message_bytes_max);
// The one message of a body, decompressed.
[[nodiscard]] Result<std::string> message_of_body(Format format, const http::Request& request, std::string_view body,
                                                  std::size_t message_bytes_max);
[[nodiscard]] Result<std::string> message_of_query(const http::Request& request, std::size_t message_bytes_max);
// The caller's timeout; nullopt: none.
[[nodiscard]] Result<std::optional<std::chrono::milliseconds>> timeout_of(Format format, const http::Request& request);

void write_success(Format format, std::string_view message, http::Response& response);
void write_failure(Format format, const Error& error, std::string_view domain, http::Response& response);

// Writes the messages of a stream.
class MessageWriter {
 public:
  MessageWriter(Format format, http::BodyWriter& body) : format_(format), body_(body) {}
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  void add(std::string_view message);
  Task<Result<>> flush();
  Task<Result<>> send(std::string_view message) {
    add(message);
    return flush();
  }
  [[nodiscard]] Format format() const { return format_; }

 private:
  const Format format_;
  http::BodyWriter& body_;
  std::string pending_;
  std::string written_;
};

// Runs while the response is sent. An error that it returns is the status.
using MessageProducer = std::move_only_function<Task<Result<>>(MessageWriter&)>;
void start_stream(Format format, MessageProducer produce, std::string domain, http::Response& response);

}  // namespace ashlar::grpc::detail
