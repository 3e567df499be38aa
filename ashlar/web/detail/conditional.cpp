// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/conditional.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/web/cache_control.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>

namespace ashlar::web {

std::string strong_etag(std::string_view bytes) {
  constexpr std::size_t kept = 16;
  std::array<std::byte, EVP_MAX_MD_SIZE> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha256(),
                 nullptr) != 1)
    throw std::runtime_error("SHA-256 failed");
  return '"' + to_base64url(std::span(digest).first(kept)) + '"';
}

std::string cache_control_of(const Route& route) {
  if (route.cache_control) return *route.cache_control;
  if (route.has_operation() && route.endpoint.operation->reply().kind == api::ReplyShape::Kind::events)
    return CacheControl::no_store().text();
  const bool tagged = route.etag == Route::Tagged::yes;
  const bool open = route.is_open();
  if (tagged)
    return CacheControl::revalidate(open ? CacheControl::Keeper::anyone : CacheControl::Keeper::client).text();
  return open ? std::string{} : CacheControl::no_store().text();
}

void become_not_modified(http::Response& response) {
  response.status = 304;
  response.body.clear();
  response.stream = nullptr;
  response.stream_length.reset();
  response.headers.remove("Content-Type");
}

Result<> tag_reply(const http::Request& request, http::Response& response) {
  if (response.status != 200) return {};
  const std::string tag = strong_etag(response.body);
  response.headers.set("ETag", tag);
  switch (http::evaluate_preconditions(request.method, request.headers, {.etag = tag})) {
    case http::Precondition::passed:
      break;
    case http::Precondition::not_modified:
      response.status = 304;
      break;
    case http::Precondition::failed:
      return ashlar::fail(errors::precondition_failed, "It is not the version that If-Match names.");
  }
  return {};
}

}  // namespace ashlar::web
