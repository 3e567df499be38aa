// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/endpoint.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/cors.hpp"
#include "ashlar/web/csrf.hpp"
#include "ashlar/web/forms.hpp"
#include "ashlar/web/security_headers.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::web {

// A member of the input that is sent outside the path, query and body. If the body or query contains it as well, that
// value counts.
struct FieldBinding {
  enum class Place : std::uint8_t { cookie, header } place;
  std::string name;
  const schema::Member* member = nullptr;  // an optional scalar
};

// One line of the route table, as data: an endpoint with its method and path, and the properties specific to HTTP. The
// router matches it, the chain enforces it, and OpenAPI and `ashlar routes` show it.
struct Route {
  http::Method method = http::Method::get;
  std::string path;
  api::Endpoint endpoint;

  std::vector<FieldBinding> bindings;
  std::optional<std::size_t> body_bytes_max;        // instead of the App's, and of the bound set by the input's type
  std::optional<CorsOptions> cors;                  // instead of the App's
  std::optional<SecurityHeaders> security_headers;  // instead of the App's
  Forms forms = Forms::no;                          // in addition to JSON
  CsrfCheck csrf = CsrfCheck::with_cookies;
  enum class Compressed : std::uint8_t { no, yes } compressed = Compressed::yes;
  enum class Tagged : std::uint8_t { no, yes } etag = Tagged::no;
  // Whether its reply can say api::Bare::Service::unavailable (503), for the OpenAPI document.
  enum class Unavailable : std::uint8_t { never, possible } unavailable = Unavailable::never;
  // as_it_arrives: the handler runs as soon as the head has arrived, because both sides send at the same time.
  enum class BodyRead : std::uint8_t { whole, as_it_arrives } body_read = BodyRead::whole;
  std::optional<std::string> cache_control;  // of the replies; nullopt: see cache_control_of

  Route& set_guard(api::Guard guard) {
    endpoint.guards.push_back(std::move(guard));
    return *this;
  }
  [[nodiscard]] std::string guard_text() const;  // "open", "signed in", "role admin", "owner"
  [[nodiscard]] std::string limit_text() const;  // "30/min", "-"
  // Whether it is an operation, rather than a page or a handler that uses HTTP directly.
  [[nodiscard]] bool has_operation() const { return endpoint.operation->transport().empty(); }
  // Whether anonymous callers may call it.
  [[nodiscard]] bool is_open() const;
};

}  // namespace ashlar::web
