// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/script.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <new>
#include <utility>

namespace ashlar::redis {
namespace {

std::string hex_sha1_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) throw std::bad_alloc();
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4];
    out += "0123456789abcdef"[digest[i] & 15];
  }
  return out;
}

}  // namespace

Script::Script(std::string text) : text_(std::move(text)), sha1_(hex_sha1_of(text_)) {}

Task<Result<Reply>> Script::run(Clients& clients, std::vector<std::string> keys,
                                std::vector<std::string> arguments) const {
  std::vector<std::string> words = {"EVALSHA", sha1_, std::to_string(keys.size())};
  words.insert(words.end(), std::move_iterator(keys.begin()), std::move_iterator(keys.end()));
  words.insert(words.end(), std::move_iterator(arguments.begin()), std::move_iterator(arguments.end()));
  auto reply = co_await clients.command(words);
  if (reply || reply.error().code() != errors::refused || !reply.error().cause().starts_with("NOSCRIPT"))
    co_return reply;
  words[0] = "EVAL";
  words[1] = text_;
  co_return co_await clients.command(std::move(words));
}

}  // namespace ashlar::redis
