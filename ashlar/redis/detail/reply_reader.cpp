// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/detail/reply_reader.hpp"

#include <hiredis/hiredis.h>

#include <new>

namespace ashlar::redis::detail {
namespace {

Reply reply_of(const redisReply& from) {
  Reply out;
  switch (from.type) {
    case REDIS_REPLY_INTEGER:
      out.kind = Reply::Kind::integer;
      out.integer = from.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      out.kind = from.type == REDIS_REPLY_ERROR ? Reply::Kind::error : Reply::Kind::text;
      out.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_ARRAY:
      out.kind = Reply::Kind::array;
      out.items.reserve(from.elements);
      for (std::size_t i = 0; i < from.elements; ++i) out.items.push_back(reply_of(*from.element[i]));
      break;
    default:
      break;
  }
  return out;
}

Error broken(std::string why) {
  return Error(errors::unavailable, "The cache server is not available.").with_cause(std::move(why));
}

}  // namespace

ReplyReader::ReplyReader(std::size_t reply_bytes_max)
    : reader_(redisReaderCreate()), reply_bytes_max_(reply_bytes_max) {
  if (reader_ == nullptr) throw std::bad_alloc();
}
ReplyReader::~ReplyReader() { redisReaderFree(reader_); }

void ReplyReader::feed(std::string_view bytes) {
  bytes_ += bytes.size();
  redisReaderFeed(reader_, bytes.data(), bytes.size());
}

Result<std::optional<Reply>> ReplyReader::next() {
  void* got = nullptr;
  if (redisReaderGetReply(reader_, &got) != REDIS_OK)
    return std::unexpected(broken(std::string("not a reply of Redis: ") + reader_->errstr));
  if (got == nullptr) {
    if (bytes_ > reply_bytes_max_) return std::unexpected(broken("a reply over reply_bytes_max"));
    return std::nullopt;
  }
  const std::unique_ptr<void, decltype(&freeReplyObject)> owner(got, &freeReplyObject);
  bytes_ = reader_->len - reader_->pos;
  return reply_of(*static_cast<const redisReply*>(got));
}

void append_command(std::string& out, const std::vector<std::string>& words) {
  out += '*' + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words) {
    out += '$' + std::to_string(word.size()) + "\r\n";
    out += word;
    out += "\r\n";
  }
}

}  // namespace ashlar::redis::detail
