// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/request_body.hpp"

#include "ashlar/http/detail/http1_response.hpp"
#include "ashlar/http/errors.hpp"

#include <algorithm>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t kept_memory_max = 64 * 1024;  // of an idle connection's string

}  // namespace

void RequestBody::begin(const RequestHead& head) {
  framing_ = head.framing;
  continue_due_ = head.expects_continue;
  ended_ = framing_ == BodyFraming::none;
  begun_ = kept_is_next_ = false;
  content_length_ = left_ = head.content_length;
  pace_.reset();
  whole_.reset();
  refusal_.reset();
  if (framing_ != BodyFraming::chunked) return;
  const Limits& limits = wire_->loop().limits();
  chunked_ = ChunkedDecoder({limits.body_bytes_max, limits.chunk_extension_bytes_max, limits.trailer_bytes_max});
}

std::optional<std::uint64_t> RequestBody::length() const {
  if (framing_ == BodyFraming::chunked) return ended_ ? std::optional(chunked_.body_bytes()) : std::nullopt;
  return content_length_;
}

bool RequestBody::completes_in_place() const {
  return framing_ == BodyFraming::length && !kept_is_next_ && wire_->input.fits(content_length_);
}

bool RequestBody::ready() {
  if (framing_ == BodyFraming::none) return true;
  const std::string_view here = wire_->input.unread();
  if (continue_due_ && here.empty()) return true;
  const std::size_t most = wire_->loop().limits().body_bytes_buffered_max;
  if (framing_ == BodyFraming::length && !kept_is_next_ && here.size() >= std::min<std::uint64_t>(left_, most)) {
    return true;
  }
  if (completes_in_place()) return false;
  // A chunked body shows with its first byte, or its end, whether it is empty.
  if (!kept_is_next_) kept_.clear();
  const Taken taken = gather(std::max<std::size_t>(most, 1) - 1);
  kept_is_next_ = !kept_.empty() && taken != Taken::end;
  if (taken == Taken::end) whole_ = kept_;
  return taken != Taken::need_more;
}

Task<bool> RequestBody::become_ready() {
  while (!ready()) {
    if (!co_await arrive(completes_in_place() ? Room::in_place : Room::behind_pin)) co_return false;
  }
  if (ended_ || (framing_ == BodyFraming::length && wire_->input.unread().size() >= left_)) end_waiting();
  co_return !refusal_;
}

std::uint64_t RequestBody::received() const {
  if (framing_ == BodyFraming::chunked) return chunked_.body_bytes();
  return content_length_ - left_ + std::min<std::uint64_t>(left_, wire_->input.unread().size());
}

std::chrono::milliseconds RequestBody::wait_time() const {
  const Limits& limits = wire_->loop().limits();
  const PaceRule rule{limits.body_grace_time, limits.body_bytes_per_second_min, limits.body_time_max};
  return std::min(limits.body_idle_time_max, pace_.time_left(received(), rule));
}

bool RequestBody::begin_waiting() {
  if (!waited_for_) waited_for_ = permit_->begin_body();
  return waited_for_;
}

void RequestBody::end_waiting() {
  if (std::exchange(waited_for_, false)) permit_->end_body();
}

void RequestBody::release_memory() {
  end_waiting();
  kept_.clear();
  if (kept_.capacity() > kept_memory_max) kept_.shrink_to_fit();
}

RequestBody::Taken RequestBody::take() {
  if (refusal_) return Taken::failed;
  if (ended_) return Taken::end;
  if (framing_ == BodyFraming::chunked) return take_chunked();
  piece_ = wire_->input.unread().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, SIZE_MAX)));
  if (piece_.empty()) return Taken::need_more;
  wire_->input.consume(piece_.size());
  left_ -= piece_.size();
  ended_ = left_ == 0;
  return Taken::piece;
}

RequestBody::Taken RequestBody::take_chunked() {
  const ChunkedDecoder::Step step = chunked_.step(wire_->input.unread());
  wire_->input.consume(step.consumed);
  switch (step.outcome) {
    case ChunkedDecoder::Outcome::need_more:
      return Taken::need_more;
    case ChunkedDecoder::Outcome::data:
      piece_ = step.data;
      return Taken::piece;
    case ChunkedDecoder::Outcome::end:
      ended_ = true;
      return Taken::end;
    case ChunkedDecoder::Outcome::malformed:
      (void)refuse(400, errors::malformed_body, "The chunked body is malformed.");
      return Taken::failed;
    case ChunkedDecoder::Outcome::too_large:
      (void)refuse(413, errors::body_too_large, "The body is too large.");
      return Taken::failed;
  }
  return Taken::failed;
}

RequestBody::Taken RequestBody::gather(std::size_t bytes_max) {
  while (true) {
    const Taken taken = take();
    if (taken != Taken::piece) return taken;
    kept_.append(piece_);
    if (kept_.size() > bytes_max) return Taken::piece;
  }
}

std::optional<std::string_view> RequestBody::try_whole(std::size_t bytes_max) {
  if (whole_) return whole_->size() <= bytes_max ? whole_ : std::nullopt;
  if (begun_ || refusal_) return std::nullopt;
  if (framing_ == BodyFraming::none) return whole_ = std::string_view{};
  if (framing_ == BodyFraming::length && content_length_ > bytes_max) return std::nullopt;
  if (framing_ == BodyFraming::length && !kept_is_next_) {
    if (wire_->input.unread().size() < left_) return std::nullopt;
    (void)take();
    return whole_ = piece_;
  }
  if (!kept_is_next_) kept_.clear();
  const Taken taken = gather(bytes_max);
  if (taken == Taken::end) return whole_ = kept_;
  kept_is_next_ = !kept_.empty();
  return std::nullopt;
}

Task<Result<>> RequestBody::arrive(Room room) {
  if (wire_->broken()) co_return fail(errors::connection_closed, "The connection has ended.");
  if (!begin_waiting()) {
    co_return std::unexpected(
        refuse(429, errors::too_many_bodies, "Too many requests of this address have not sent their bodies."));
  }
  if (continue_due_) {
    continue_due_ = false;
    wire_->output.append(continue_response);
  }
  // The client may be waiting for what is in the output.
  bool more = wire_->output.empty() || co_await wire_->flush();
  const std::chrono::milliseconds time = wait_time();
  if (more && time.count() > 0) {
    if (room == Room::behind_pin) wire_->input.make_room_behind_pin();
    const std::int64_t since = wire_->loop().now();
    more = co_await wire_->read_body(time);
    pace_.add_wait(wire_->loop().now() - since);
    if (more) co_return Result<>{};
  }
  if ((wire_->expired() || time.count() <= 0) && !wire_->broken()) {
    co_return std::unexpected(refuse(408, errors::body_timeout, "The body did not arrive in time."));
  }
  co_return fail(errors::connection_closed, "The connection has ended.");
}

Task<Result<std::string_view>> RequestBody::read() {
  begun_ = true;
  if (whole_) co_return std::exchange(*whole_, std::string_view{});
  if (kept_is_next_) {
    kept_is_next_ = false;
    co_return std::string_view{kept_};
  }
  while (true) {
    switch (take()) {
      case Taken::piece:
        co_return piece_;
      case Taken::end:
        co_return std::string_view{};
      case Taken::failed:
        co_return std::unexpected(failure());
      case Taken::need_more:
        break;
    }
    if (auto arrived = co_await arrive(Room::behind_pin); !arrived)
      co_return std::unexpected(std::move(arrived.error()));
  }
}

Task<Result<std::string_view>> RequestBody::read_all(std::size_t bytes_max) {
  if (const auto whole = try_whole(bytes_max)) co_return *whole;
  if (refusal_) co_return std::unexpected(failure());
  const bool over = whole_ || (framing_ == BodyFraming::length && left_ > bytes_max);
  if (!over && !begun_ && completes_in_place()) {
    co_return co_await read_all_in_place();
  }
  if (!kept_is_next_) kept_.clear();
  kept_is_next_ = false;
  begun_ = true;
  while (!over && kept_.size() <= bytes_max) {
    switch (gather(bytes_max)) {
      case Taken::piece:
        continue;  // over the limit
      case Taken::end:
        co_return *(whole_ = kept_);
      case Taken::failed:
        co_return std::unexpected(failure());
      case Taken::need_more:
        break;
    }
    if (auto arrived = co_await arrive(Room::behind_pin); !arrived)
      co_return std::unexpected(std::move(arrived.error()));
  }
  co_return fail(errors::body_too_large, "The body is too large.");
}

Task<Result<std::string_view>> RequestBody::read_all_in_place() {
  begun_ = true;
  while (wire_->input.unread().size() < left_) {
    if (auto arrived = co_await arrive(Room::in_place); !arrived) co_return std::unexpected(std::move(arrived.error()));
  }
  (void)take();
  co_return *(whole_ = piece_);
}

bool RequestBody::skip_arrived() {
  while (take() == Taken::piece) continue;
  return ended_ && !refusal_;
}

bool RequestBody::worth_discarding() const {
  return !refusal_ && !continue_due_ && !wire_->broken() &&
         (framing_ == BodyFraming::chunked || left_ <= wire_->loop().limits().discarded_body_bytes_max);
}

Task<bool> RequestBody::discard() {
  std::uint64_t dropped = 0;
  while (!skip_arrived()) {
    if (refusal_ || dropped > wire_->loop().limits().discarded_body_bytes_max) co_return false;
    const auto arrived = co_await arrive(Room::behind_pin);
    if (!arrived) co_return false;
    dropped += wire_->input.unread().size();
  }
  co_return true;
}

Error RequestBody::refuse(int status, ErrorCode code, const char* message) {
  return refusal_.emplace(status, Error(code, message)).error;
}

Error RequestBody::failure() const { return refusal_->error; }

}  // namespace ashlar::http::detail
