// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/compression.hpp"

#include "ashlar/core/encoding.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace ashlar::web {

namespace {

using http::ContentCoding;
using http::Encoder;

constexpr std::size_t written_bytes_min = 4 * 1024;  // smaller pieces are gathered

// "text/html" of "text/html; charset=utf-8".
std::string_view media_type_of(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ') || content_type.ends_with('\t')) content_type.remove_suffix(1);
  return content_type;
}

bool matches(std::string_view pattern, std::string_view type) {
  const auto ends_alike = [](std::string_view text, std::string_view end) {
    return text.size() > end.size() && ascii_iequals(text.substr(text.size() - end.size()), end);
  };
  if (pattern.ends_with('*'))
    return ascii_iequals(type.substr(0, pattern.size() - 1), pattern.substr(0, pattern.size() - 1));
  if (pattern.starts_with('*')) return ends_alike(type, pattern.substr(1));
  return ascii_iequals(pattern, type);
}

bool forbids_transforming(const http::ResponseHeaders& headers) {
  const auto control = headers.find("Cache-Control");
  return control && ascii_lower(*control).find("no-transform") != std::string::npos;
}

bool may_be_encoded(const http::Response& response, std::string_view type) {
  const http::ResponseHeaders& headers = response.headers;
  return response.status != 206 && !ascii_iequals(media_type_of(type), "text/event-stream") &&
         !headers.find("Content-Encoding") && !headers.find("Content-Range") && !forbids_transforming(headers);
}

// A weight of zero is the only way to refuse identity.
bool may_refuse(const KnownHeaders& known) {
  return known.accept_encodings > 1 || known.accept_encoding.find(';') != std::string_view::npos;
}

http::AcceptedCodings accepted_by(const http::Request& request, const KnownHeaders& known) {
  http::AcceptedCodings accepted;
  if (known.accept_encodings <= 1) {
    accepted.add(known.accept_encoding);
    return accepted;
  }
  for (const auto& [name, value] : request.headers.all()) {
    if (ascii_iequals(name, "accept-encoding")) accepted.add(value);
  }
  return accepted;
}

void weaken_etag(http::ResponseHeaders& headers) {
  const auto tag = headers.find("ETag");
  if (tag && tag->starts_with('"')) headers.set("ETag", "W/" + std::string(*tag));
}

// Lets other tasks of the loop run.
Task<> give_way() { return boost::asio::post(boost::asio::use_awaitable_t<LoopExecutor>{}); }

// A body in an encoder. Owned by the response's producer, which outlives its task.
class EncodedBody final : public http::BodyWriter {
 public:
  EncodedBody(http::EncoderPool::Lease encoder, std::size_t piece_bytes_max)
      : encoder_(std::move(encoder)), piece_bytes_max_(piece_bytes_max) {}

  std::string whole;           // used when there is no producer
  http::BodyProducer produce;  // may be empty

  Task<Result<>> send_to(http::BodyWriter& out) {
    out_ = &out;
    Result<> done = produce ? co_await produce(*this) : co_await write(whole);
    if (!done) co_return done;
    encoder_->encode({}, Encoder::Until::finish, encoded_);
    co_return co_await out.write(encoded_);
  }

  Task<Result<>> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::string_view piece = bytes.substr(0, piece_bytes_max_);
      bytes.remove_prefix(piece.size());
      encoder_->encode(piece, Encoder::Until::enough, encoded_);
      if (encoded_.size() >= written_bytes_min) {
        if (auto written = co_await out_->write(encoded_); !written) co_return written;
        encoded_.clear();
      }
      if (!bytes.empty()) co_await give_way();
    }
    co_return Result<>{};
  }

 private:
  http::EncoderPool::Lease encoder_;
  std::size_t piece_bytes_max_;
  std::string encoded_;
  http::BodyWriter* out_ = nullptr;
};

struct EncodedProducer {
  std::unique_ptr<EncodedBody> body;
  Task<Result<>> operator()(http::BodyWriter& out) { return body->send_to(out); }
};

}  // namespace

Compression::Compression(CompressionOptions options)
    : options_(std::move(options)),
      encoders_({.levels = options_.levels,
                 .encoders_max = options_.encoders_max,
                 .encoders_kept_max = options_.encoders_kept_max}) {
  if (options_.state == CompressionOptions::State::off) options_.codings.clear();
}

std::optional<Error> Compression::refusal(const http::Request& request, const KnownHeaders& known) const {
  if (!may_refuse(known) || accepted_by(request, known).best(options_.codings)) return std::nullopt;
  return Error(errors::not_acceptable, "None of the content codings that you accept is available.");
}

bool Compression::is_listed(std::string_view content_type) const {
  const std::string_view type = media_type_of(content_type);
  return std::ranges::any_of(options_.media_types, [&](const std::string& pattern) { return matches(pattern, type); });
}

void vary_by_coding(http::ResponseHeaders& headers) {
  const std::size_t looked_at = headers.find("Vary") ? headers.count() : 0;
  for (std::size_t i = 0; i < looked_at; ++i) {
    const auto [name, value] = headers.at(i);
    if (ascii_iequals(name, "vary") && ascii_lower(value).contains("accept-encoding")) return;
  }
  headers.add("Vary", "Accept-Encoding");
}

void Compression::apply_to_not_modified(const http::Request& request, const KnownHeaders& known,
                                        http::Response& response) const {
  const std::string_view type = response.headers.find("Content-Type").value_or(std::string_view{});
  const bool too_short =
      response.stream_length ? *response.stream_length < options_.body_bytes_min : is_too_short(response);
  if (options_.codings.empty() || too_short || !is_listed(type) || !may_be_encoded(response, type)) return;
  vary_by_coding(response.headers);
  const auto coding = accepted_by(request, known).best(options_.codings);
  if (coding && *coding != ContentCoding::identity) weaken_etag(response.headers);
}

bool Compression::is_too_short(const http::Response& response) const {
  if (!response.stream) return response.body.size() < options_.body_bytes_min;
  return response.stream_length && *response.stream_length < options_.body_bytes_min;
}

void Compression::apply(const http::Request& request, const KnownHeaders& known, http::Response& response) const {
  const bool empty = !response.stream && response.body.empty();
  const bool too_short = is_too_short(response);
  if (too_short && (empty || !may_refuse(known))) return;
  http::ResponseHeaders& headers = response.headers;
  const std::string_view type = headers.find("Content-Type").value_or(std::string_view{});
  const http::AcceptedCodings accepted = accepted_by(request, known);
  const bool whatever_it_is = !accepted.takes(ContentCoding::identity);
  if (!whatever_it_is && (too_short || !is_listed(type))) return;
  if (!may_be_encoded(response, type)) return;
  const auto coding = accepted.best(options_.codings);
  if (!options_.codings.empty()) vary_by_coding(headers);
  if (!coding || *coding == ContentCoding::identity) return;
  if (!encode(*coding, whatever_it_is ? Gain::any : Gain::needed, response)) return;
  headers.add("Content-Encoding", http::name_of(*coding));
  headers.remove("Accept-Ranges");  // a range would refer to the other representation
  weaken_etag(headers);
}

// false: it is sent uncompressed.
bool Compression::encode(ContentCoding coding, Gain gain, http::Response& response) const {
  auto encoder = encoders_.take(coding);
  if (!encoder) return false;
  if (!response.stream && response.body.size() <= options_.piece_bytes_max) {
    std::string encoded;
    (*encoder)->encode(response.body, Encoder::Until::finish, encoded);
    if (gain == Gain::needed && encoded.size() >= response.body.size()) return false;
    response.body = std::move(encoded);
    return true;
  }
  auto body = std::make_unique<EncodedBody>(std::move(*encoder), options_.piece_bytes_max);
  if (response.stream) {
    body->produce = std::move(response.stream);
  } else {
    body->whole = std::move(response.body);
    response.body.clear();
    response.stream_held_bytes = body->whole.size();
  }
  response.stream_length.reset();
  response.stream = EncodedProducer{std::move(body)};
  return true;
}

}  // namespace ashlar::web
