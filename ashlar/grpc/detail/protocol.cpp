// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/detail/protocol.hpp"

#include "ashlar/core/base64.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/grpc/detail/framing.hpp"
#include "ashlar/grpc/status.hpp"

#include <array>
#include <memory>
#include <span>
#include <utility>

namespace ashlar::grpc::detail {

namespace {

struct KnownType {
  std::string_view name;
  Format format;
};
constexpr std::array<KnownType, 10> known_types{{
    {"application/grpc", {Protocol::grpc, Encoding::proto}},
    {"application/grpc+proto", {Protocol::grpc, Encoding::proto}},
    {"application/grpc-web", {Protocol::web, Encoding::proto}},
    {"application/grpc-web+proto", {Protocol::web, Encoding::proto}},
    {"application/grpc-web-text", {Protocol::web_text, Encoding::proto}},
    {"application/grpc-web-text+proto", {Protocol::web_text, Encoding::proto}},
    {"application/proto", {Protocol::connect, Encoding::proto}},
    {"application/json", {Protocol::connect, Encoding::json}},
    {"application/connect+proto", {Protocol::connect_stream, Encoding::proto}},
    {"application/connect+json", {Protocol::connect_stream, Encoding::json}},
}};

std::string_view content_type(Format format) {
  const bool json = format.encoding == Encoding::json;
  switch (format.protocol) {
    case Protocol::grpc:
      return "application/grpc+proto";
    case Protocol::web:
      return "application/grpc-web+proto";
    case Protocol::web_text:
      return "application/grpc-web-text+proto";
    case Protocol::connect:
      return json ? "application/json" : "application/proto";
    case Protocol::connect_stream:
      return json ? "application/connect+json" : "application/connect+proto";
  }
  return {};
}

bool is_web(Format format) { return format.protocol == Protocol::web || format.protocol == Protocol::web_text; }

// The names of the fields that say how messages and bodies are compressed.
std::string_view encoding_field(Protocol protocol) {
  switch (protocol) {
    case Protocol::connect:
      return "Content-Encoding";
    case Protocol::connect_stream:
      return "Connect-Content-Encoding";
    default:
      return "grpc-encoding";
  }
}
std::string_view accept_field(Protocol protocol) {
  switch (protocol) {
    case Protocol::connect:
      return "Accept-Encoding";
    case Protocol::connect_stream:
      return "Connect-Accept-Encoding";
    default:
      return "grpc-accept-encoding";
  }
}

std::string as_text(std::string_view bytes) { return to_base64(std::as_bytes(std::span(bytes))); }

void append_message(Format format, std::string_view message, std::string& out) {
  if (format.gzip_accepted && message.size() >= compressed_from_bytes) {
    append_frame(compressed_flag, gzip(message), out);
  } else {
    append_frame(0, message, out);
  }
}

// The fields of the status, in the order in which they are sent; names in lower case, as gRPC-Web needs them.
void add_status(const Error* error, std::string_view domain, http::ResponseHeaders& out) {
  if (error == nullptr) {
    out.add("grpc-status", "0");
    return;
  }
  out.add("grpc-status", std::to_string(static_cast<int>(status_of(*error))));
  out.add("grpc-message", percent_encoded(error->message()));
  out.add("grpc-status-details-bin", to_unpadded_base64(status_details(*error, domain)));
}

// The last frame, of the protocols that have one.
void append_end(Format format, const Error* error, std::string_view domain, std::string& out) {
  if (format.protocol == Protocol::connect_stream) {
    append_frame(end_flag, error == nullptr ? "{}" : R"({"error":)" + connect_error(*error, domain) + "}", out);
  } else if (is_web(format)) {
    http::ResponseHeaders fields;
    add_status(error, domain, fields);
    std::string text;
    for (std::size_t i = 0; i < fields.count(); ++i)
      text.append(fields.at(i).name).append(":").append(fields.at(i).value).append("\r\n");
    append_frame(trailers_flag, text, out);
  }
}

void begin(Format format, http::Response& response) {
  response.headers.set("Content-Type", content_type(format));
  response.headers.set("Cache-Control", "no-store");
  if (format.protocol != Protocol::connect) response.headers.set(accept_field(format.protocol), "gzip");
}

Result<std::string> decompressed(std::string_view bytes, std::string_view encoding, std::size_t bytes_max) {
  if (encoding == "gzip") return gunzip(bytes, bytes_max);
  if (encoding.empty() || encoding == "identity") {
    if (bytes.size() <= bytes_max) return std::string(bytes);
    return fail(errors::message_too_large, "A message has at most " + std::to_string(bytes_max) + " bytes.");
  }
  return fail(errors::unknown_encoding, "Messages are compressed with gzip, or not at all.");
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
  }
  return std::nullopt;
}

// A coroutine's parameters outlive its suspensions, and a lambda's captures need not.
Task<Result<>> run_stream(Format format, MessageProducer produce, std::string domain, http::Response& response,
                          http::BodyWriter& body) {
  MessageWriter out(format, body);
  const Result<> ended = co_await produce(out);
  const Error* const error = ended ? nullptr : &ended.error();
  if (format.protocol == Protocol::grpc) {
    response.trailers->clear();
    add_status(error, domain, *response.trailers);
    co_return Result<>{};
  }
  std::string end;
  append_end(format, error, domain, end);
  co_return co_await body.write(format.protocol == Protocol::web_text ? as_text(end) : end);
}

}  // namespace

std::optional<Format> format_of_post(const http::Request& request) {
  std::string_view type = request.headers.get("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  for (const KnownType& known : known_types) {
    if (!ascii_iequals(type, known.name)) continue;
    // gRPC itself is defined over HTTP/2 alone.
    if (known.format.protocol == Protocol::grpc && request.version != http::Version::http_2) return std::nullopt;
    Format out = known.format;
    out.gzip_accepted = lists(request.headers.get(accept_field(out.protocol)), "gzip");
    return out;
  }
  return std::nullopt;
}

std::optional<Format> format_of_get(const http::Request& request) {
  const auto encoding = query_value(request.query, "encoding");
  if (!encoding || (*encoding != "proto" && *encoding != "json")) return std::nullopt;
  return Format{.protocol = Protocol::connect,
                .encoding = *encoding == "json" ? Encoding::json : Encoding::proto,
                .gzip_accepted = lists(request.headers.get("Accept-Encoding"), "gzip")};
}

std::size_t body_bytes_max(Format format, std::size_t message_bytes_max) {
  const std::size_t framed = message_bytes_max + frame_head_bytes;
  return format.protocol == Protocol::web_text ? (framed + 2) / 3 * 4 + 4 : framed;
}

Result<std::string> message_of_body(Format format, const http::Request& request, std::string_view body,
                                    std::size_t message_bytes_max) {
  const std::string_view encoding = request.headers.get(encoding_field(format.protocol));
  if (format.protocol == Protocol::connect) return decompressed(body, encoding, message_bytes_max);
  std::optional<std::string> bytes;
  if (format.protocol == Protocol::web_text) {
    bytes = from_base64_texts(body);
    if (!bytes) return fail(errors::malformed_frame, "The body is no base64.");
    body = *bytes;
  }
  const auto frame = only_frame(body, message_bytes_max);
  if (!frame) return std::unexpected(frame.error());
  if (frame->flags == 0) return std::string(frame->message);
  if (encoding.empty() || encoding == "identity")
    return fail(errors::malformed_frame, "A message is compressed, and the request does not say how.");
  return decompressed(frame->message, encoding, message_bytes_max);
}

Result<std::string> message_of_query(const http::Request& request, std::size_t message_bytes_max) {
  auto message = query_value(request.query, "message");
  if (!message) return fail(errors::malformed_frame, "The query has no message.");
  if (query_value(request.query, "base64") == "1") {
    while (message->ends_with('=')) message->pop_back();
    message = from_base64url(*message);
    if (!message) return fail(errors::malformed_frame, "The message is no base64url.");
  }
  return decompressed(*message, query_value(request.query, "compression").value_or(""), message_bytes_max);
}

Result<std::optional<std::chrono::milliseconds>> timeout_of(Format format, const http::Request& request) {
  const bool connect = format.protocol == Protocol::connect || format.protocol == Protocol::connect_stream;
  const auto text = request.headers.find(connect ? "Connect-Timeout-Ms" : "grpc-timeout");
  if (!text) return std::optional<std::chrono::milliseconds>{};
  const auto timeout = connect ? parse_timeout_ms(*text) : parse_timeout(*text);
  if (!timeout) return fail(errors::malformed_timeout, "The timeout is malformed.");
  return timeout;
}

void write_success(Format format, std::string_view message, http::Response& response) {
  begin(format, response);
  const bool compresses = format.gzip_accepted && message.size() >= compressed_from_bytes;
  if (compresses) response.headers.set(encoding_field(format.protocol), "gzip");
  if (format.protocol == Protocol::connect) {
    response.headers.add("Vary", "Accept-Encoding");
    response.body = compresses ? gzip(message) : std::string(message);
    return;
  }
  append_message(format, message, response.body);
  if (format.protocol == Protocol::grpc) {
    response.trailers = std::make_unique<http::ResponseHeaders>();
    add_status(nullptr, {}, *response.trailers);
    return;
  }
  append_end(format, nullptr, {}, response.body);
  if (format.protocol == Protocol::web_text) response.body = as_text(response.body);
}

void write_failure(Format format, const Error& error, std::string_view domain, http::Response& response) {
  begin(format, response);
  if (format.protocol == Protocol::connect) {
    response.status = connect_http_status(status_of(error));
    response.headers.set("Content-Type", "application/json");
    if (response.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
    response.body = connect_error(error, domain);
  } else if (format.protocol == Protocol::grpc) {
    add_status(&error, domain, response.headers);  // without a body: "Trailers-Only"
  } else {
    append_end(format, &error, domain, response.body);
    if (format.protocol == Protocol::web_text) response.body = as_text(response.body);
  }
}

void MessageWriter::add(std::string_view message) { append_message(format_, message, pending_); }

Task<Result<>> MessageWriter::flush() {
  written_.swap(pending_);
  pending_.clear();
  if (format_.protocol == Protocol::web_text) written_ = as_text(written_);
  co_return co_await body_.write(written_);
}

void start_stream(Format format, MessageProducer produce, std::string domain, http::Response& response) {
  begin(format, response);
  if (format.gzip_accepted) response.headers.set(encoding_field(format.protocol), "gzip");
  if (format.protocol == Protocol::grpc) response.trailers = std::make_unique<http::ResponseHeaders>();
  response.stream = [format, produce = std::move(produce), domain = std::move(domain),
                     &response](http::BodyWriter& body) mutable {
    return run_stream(format, std::move(produce), std::move(domain), response, body);
  };
}

}  // namespace ashlar::grpc::detail
