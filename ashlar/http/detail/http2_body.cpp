// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_body.hpp"

#include "ashlar/http/detail/http2_session.hpp"
#include "ashlar/http/errors.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t memory_kept_max = 16 * 1024;

void shrink(std::string& text) {
  text.clear();
  if (text.capacity() > memory_kept_max) text.shrink_to_fit();
}

class Waiting {
 public:
  explicit Waiting(bool& flag) : flag_(flag) { flag_ = true; }
  ~Waiting() { flag_ = false; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  bool& flag_;
};

}  // namespace

void Http2RequestBody::begin(std::optional<std::uint64_t> content_length, Ended ended, bool expects_continue) {
  ended_ = ended == Ended::yes;
  present_ = !ended_ && content_length != 0;
  content_length_ = content_length;
  if (ended_ && !content_length) content_length_ = 0;
  continue_due_ = expects_continue;
  begun_ = waits_ = false;
  bytes_ = 0;
  credited_ = 0;
  arrived_.clear();
  whole_.reset();
  refusal_.reset();
}

void Http2RequestBody::end() {
  ended_ = true;
  if (bytes_ == 0) present_ = false;
}

bool Http2RequestBody::ready(std::size_t bytes_max) const {
  if (ended_ || refusal_ || (continue_due_ && bytes_ == 0)) return true;
  // A body of unknown length shows with its first byte, or its end, whether it is empty.
  return bytes_ >= (content_length_ ? bytes_max : std::max<std::size_t>(bytes_max, 1));
}

bool Http2RequestBody::arrived(std::string_view piece, std::uint64_t bytes_max) {
  bytes_ += piece.size();
  if (bytes_ > bytes_max) refuse(413, errors::body_too_large, "The body is too large.");
  if (!refusal_) arrived_.append(piece);
  return !refusal_;
}

void Http2RequestBody::refuse(int status, ErrorCode code, const char* message) {
  if (!refusal_) refusal_.emplace(status, Error(code, message));
}

void Http2RequestBody::release_memory() {
  shrink(arrived_);
  shrink(piece_);
  shrink(kept_);
}

// Moves the received bytes to piece_; the client may send as many again.
void Http2RequestBody::take() {
  piece_.swap(arrived_);
  arrived_.clear();
  stream_.session().take(stream_, piece_.size(), std::exchange(credited_, 0));
}

std::optional<std::string_view> Http2RequestBody::try_whole(std::size_t bytes_max) {
  if (whole_) return whole_->size() <= bytes_max ? whole_ : std::nullopt;
  if (begun_ || refusal_) return std::nullopt;
  if (!present_) return whole_ = std::string_view{};
  if (!ended_ || arrived_.size() > bytes_max) return std::nullopt;
  take();
  return whole_ = piece_;
}

Task<Result<>> Http2RequestBody::arrive() {
  while (arrived_.empty() && !ended_) {
    if (refusal_) co_return std::unexpected(refusal_->error);
    if (stream_.closed) co_return fail(errors::connection_closed, "The client has disconnected.");
    if (std::exchange(continue_due_, false)) stream_.session().ask_for_body(stream_);
    const Waiting waiting(waits_);
    co_await stream_.changed(Http2Stream::Side::reader);
  }
  if (refusal_) co_return std::unexpected(refusal_->error);
  co_return Result<>{};
}

Task<Result<std::string_view>> Http2RequestBody::read() {
  begun_ = true;
  if (whole_) co_return std::exchange(*whole_, std::string_view{});
  if (auto more = co_await arrive(); !more) co_return std::unexpected(std::move(more.error()));
  take();
  co_return piece_;
}

Task<Result<std::span<char>>> Http2Tunnel::read() {
  auto piece = co_await stream_.request_body.read();
  if (!piece) co_return fail(errors::connection_closed, "The client has disconnected.");
  co_return stream_.request_body.last_piece();
}

Task<Result<>> Http2Tunnel::write(std::string_view bytes) { return stream_.response_body.write(bytes); }

Task<Result<std::string_view>> Http2RequestBody::read_all(std::size_t bytes_max) {
  if (const auto whole = try_whole(bytes_max)) co_return *whole;
  if (refusal_) co_return std::unexpected(refusal_->error);
  const bool over = whole_ || content_length_.value_or(0) > bytes_max;
  if (!begun_) kept_.clear();
  begun_ = true;
  while (!over && kept_.size() <= bytes_max) {
    if (auto more = co_await arrive(); !more) co_return std::unexpected(std::move(more.error()));
    if (arrived_.empty()) co_return *(whole_ = kept_);
    take();
    kept_.append(piece_);
  }
  co_return fail(errors::body_too_large, "The body is too large.");
}

void Http2ResponseBody::begin(ResponseFraming framing, std::uint64_t length) {
  framing_ = framing;
  left_ = length;
  broken_ = false;
}

Task<Result<>> Http2ResponseBody::write(std::string_view bytes) {
  if (framing_ == ResponseFraming::length) {
    if (bytes.size() > left_) broken_ = true;  // more than announced
    left_ -= bytes.size();
  }
  if (broken_) co_return fail(ashlar::errors::internal, "The response cannot be continued.");
  Http2Session& session = stream_.session();
  if (!bytes.empty() && !stream_.answered && !stream_.closed) session.events().head_due(stream_);
  while (!bytes.empty() && !stream_.closed) {
    const std::size_t most = session.limits().http2_stream_output_bytes_max;
    const std::size_t kept = stream_.output().size();
    if (kept >= most) {
      co_await stream_.changed(Http2Stream::Side::writer);
      continue;
    }
    const std::size_t part = std::min(bytes.size(), most - kept);
    stream_.append(bytes.substr(0, part));
    bytes.remove_prefix(part);
    session.resume(stream_);
  }
  if (!stream_.closed) co_return Result<>{};
  broken_ = true;
  co_return fail(errors::connection_closed, "The client has disconnected.");
}

}  // namespace ashlar::http::detail
