// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/response_stream.hpp"

#include "ashlar/http/errors.hpp"

namespace ashlar::http::detail {
namespace {

constexpr std::size_t copied_max = 4 * 1024;  // a small piece is sent in one buffer with its framing

}  // namespace

void ResponseStream::begin(ResponseFraming framing, std::uint64_t length) {
  framing_ = framing;
  left_ = length;
  broken_ = false;
}

Task<Result<>> ResponseStream::write(std::string_view bytes) {
  if (bytes.empty() && !broken_) co_return Result<>{};
  if (framing_ == ResponseFraming::length) {
    if (bytes.size() > left_) broken_ = true;  // more than announced
    left_ -= bytes.size();
  }
  if (broken_) co_return fail(ashlar::errors::internal, "The response cannot be continued.");
  const std::string_view ending = framing_ == ResponseFraming::chunked ? line_end : std::string_view{};
  if (framing_ == ResponseFraming::chunked) append_chunk_size(wire_->output, bytes.size());
  bool sent = false;
  if (bytes.size() <= copied_max) {
    wire_->output.append(bytes).append(ending);
    const Wire::Flushed flushed = wire_->try_flush();
    sent = flushed == Wire::Flushed::all || (flushed == Wire::Flushed::blocked && co_await wire_->flush());
  } else {
    sent = co_await wire_->flush(bytes, ending);
  }
  if (sent) co_return Result<>{};
  broken_ = true;
  co_return fail(errors::connection_closed, "The client has disconnected.");
}

bool ResponseStream::finish(const ResponseHeaders* trailers) {
  if (broken_ || wire_->broken()) return false;
  if (framing_ == ResponseFraming::chunked && trailers != nullptr) {
    wire_->output.append(last_chunk.substr(0, last_chunk.size() - line_end.size()));
    wire_->output.append(trailers->http1_bytes()).append(line_end);
  } else if (framing_ == ResponseFraming::chunked) {
    wire_->output.append(last_chunk);
  }
  return framing_ != ResponseFraming::length || left_ == 0;
}

}  // namespace ashlar::http::detail
