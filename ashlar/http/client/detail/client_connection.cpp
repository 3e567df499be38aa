// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/client_connection.hpp"

#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/detail/http1_chunked.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t read_bytes = 16 * 1024;
constexpr std::chrono::seconds before_server_closes{1};

std::unexpected<Error> lost(std::string why) {
  return std::unexpected(Error(client_errors::connection_lost, "The connection ended before the response did.")
                             .with_cause(std::move(why)));
}

std::unexpected<Error> malformed(std::string why) {
  return std::unexpected(
      Error(client_errors::malformed_response, "The response is malformed.").with_cause(std::move(why)));
}

std::unexpected<Error> too_large(std::string what) {
  return std::unexpected(
      Error(client_errors::response_too_large, "The response is too large.").with_cause(std::move(what)));
}

bool has_body_by_nature(Method method) {
  return method == Method::post || method == Method::put || method == Method::patch;
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

WireRequest wire_request(const ClientRequest& request, const RequestUrl& url, const ClientOptions& options) {
  WireRequest out{.method = request.method,
                  .head = {},
                  .body = request.body,
                  .response_body_bytes_max = request.response_body_bytes_max.value_or(options.response_body_bytes_max)};
  out.head.append(to_string(request.method)).append(" ").append(url.target()).append(" HTTP/1.1\r\n");
  append_line(out.head, "Host", url.origin().host_field());
  if (!request.fields.find("User-Agent")) append_line(out.head, "User-Agent", options.user_agent);
  for (const OwnedField& field : request.fields.all()) append_line(out.head, field.name, field.value);
  // RFC 9110 section 8.6: also for an empty body, when the method expects one.
  if (!request.body.empty() || has_body_by_nature(request.method))
    append_line(out.head, "Content-Length", std::to_string(request.body.size()));
  out.head.append("\r\n");
  return out;
}

Task<Result<ClientResponse>> ClientConnection::exchange(const WireRequest& request) {
  reusable_ = response_began_ = false;
  // A server that answers early and closes (413, for example) makes the write fail, but its response has arrived.
  const auto failed = co_await stream.write(request.head, request.body);
  auto head = co_await read_head(request.method);
  if (!head) {
    if (failed && !response_began_) co_return lost("the request could not be written: " + failed.message());
    co_return std::unexpected(std::move(head.error()));
  }
  ClientResponse out{.status = head->status, .fields = std::move(head->fields)};
  co_await unwrap(read_body(*head, request.response_body_bytes_max, out.body));
  reusable_ = head->keep_alive && !failed;
  idle_time_max_ = options_.idle_time_max;
  if (head->idle_time_max)
    idle_time_max_ = std::min<std::chrono::milliseconds>(idle_time_max_, *head->idle_time_max - before_server_closes);
  co_return out;
}

Task<Result<bool>> ClientConnection::receive() {
  const std::size_t before = input_.size();
  input_.resize(before + read_bytes);
  const auto [failed, size] = co_await stream.read_some(boost::asio::buffer(input_.data() + before, read_bytes));
  input_.resize(before + size);
  response_began_ = response_began_ || size > 0;
  if (failed == boost::asio::error::eof) co_return false;
  if (failed) co_return lost(failed.message());
  co_return true;
}

// The final response; interim ones (RFC 9110 section 15.2) are skipped.
Task<Result<ReceivedHead>> ClientConnection::read_head(Method method) {
  using Progress = Http1ResponseHeadDecoder::Progress;
  Http1ResponseHeadDecoder decoder(
      {.bytes_max = options_.response_head_bytes_max, .fields_max = options_.response_fields_max}, method);
  std::size_t interim = 0;
  while (true) {
    switch (decoder.decode(input_)) {
      case Progress::malformed:
        co_return malformed(decoder.broken_rule());
      case Progress::too_large:
        co_return too_large("its head");
      case Progress::ready: {
        input_.erase(0, decoder.head().bytes);
        if (!decoder.head().interim()) co_return std::move(decoder.head());
        if (++interim > options_.interim_responses_max) co_return malformed("too many interim responses");
        decoder.reset();
        continue;
      }
      case Progress::need_more:
        break;
    }
    if (!co_await unwrap(receive())) co_return lost("closed within the head");
  }
}

Task<Result<>> ClientConnection::read_body(const ReceivedHead& head, std::size_t bytes_max, std::string& body) {
  switch (head.framing) {
    case ReceivedHead::Framing::none:
      co_return Result<>();
    case ReceivedHead::Framing::length:
      if (head.content_length > bytes_max) co_return too_large("its Content-Length");
      co_return co_await read_length(head.content_length, body);
    case ReceivedHead::Framing::chunked:
      co_return co_await read_chunks(bytes_max, body);
    case ReceivedHead::Framing::until_close:
      co_return co_await read_until_close(bytes_max, body);
  }
  std::unreachable();
}

Task<Result<>> ClientConnection::read_length(std::uint64_t length, std::string& body) {
  while (true) {
    const std::size_t part = std::min<std::uint64_t>(length - body.size(), input_.size());
    body.append(input_, 0, part);
    input_.erase(0, part);
    if (body.size() == length) co_return Result<>();
    if (!co_await unwrap(receive())) co_return lost("closed within the body");
  }
}

Task<Result<>> ClientConnection::read_chunks(std::size_t bytes_max, std::string& body) {
  using Outcome = ChunkedDecoder::Outcome;
  ChunkedDecoder decoder({.body_bytes_max = bytes_max,
                          .extension_bytes_max = options_.chunk_extension_bytes_max,
                          .trailer_bytes_max = options_.trailer_bytes_max});
  while (true) {
    std::size_t used = 0;
    while (used < input_.size()) {
      const ChunkedDecoder::Step step = decoder.step(std::string_view(input_).substr(used));
      used += step.consumed;
      body.append(step.data);
      if (step.outcome == Outcome::malformed) co_return malformed("its chunks");
      if (step.outcome == Outcome::too_large) co_return too_large("its chunks, their extensions or its trailers");
      if (step.outcome == Outcome::end) {
        input_.erase(0, used);
        co_return Result<>();
      }
    }
    input_.clear();
    if (!co_await unwrap(receive())) co_return lost("closed within the chunks");
  }
}

// Under TLS an end counts only with close_notify (RFC 9112 section 9.8): receive() returns an error without it.
Task<Result<>> ClientConnection::read_until_close(std::size_t bytes_max, std::string& body) {
  while (true) {
    body.append(input_);
    input_.clear();
    if (body.size() > bytes_max) co_return too_large("its body");
    if (!co_await unwrap(receive())) co_return Result<>();
  }
}

}  // namespace ashlar::http::detail
