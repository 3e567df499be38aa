// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/sign_in_flow.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <chrono>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::string_view context = "oauth_flow";

const char* name_of(FlowCookies::Page page) {
  return page == FlowCookies::Page::https ? "__Host-oauthFlow" : "oauthFlow";
}

web::Cookie cookie(FlowCookies::Page page, std::string value, std::chrono::seconds max_age) {
  using web::Cookie;
  return {.name = name_of(page),
          .value = std::move(value),
          .max_age = max_age,
          .secure = page == FlowCookies::Page::https ? Cookie::Secure::yes : Cookie::Secure::no,
          .same_site = Cookie::SameSite::lax};
}

}  // namespace

FlowCookies::FlowCookies(std::string key, Random& random) : box_({{.id = "1", .key = std::move(key)}}, random) {}

web::Cookie FlowCookies::make(const SignInFlow& flow, Page page, Timestamp now) const {
  return cookie(page, box_.seal(schema::to_json(flow), context),
                std::chrono::ceil<std::chrono::seconds>(flow.ends_at - now));
}

web::Cookie FlowCookies::deleted(Page page) const { return cookie(page, {}, std::chrono::seconds{0}); }

std::optional<SignInFlow> FlowCookies::read(const http::RequestHeaders& headers, Page page, Timestamp now) const {
  const auto sealed = web::RequestCookies(headers).find(name_of(page));
  if (!sealed) return std::nullopt;
  const auto opened = box_.open(*sealed, context);
  if (!opened) return std::nullopt;
  auto flow = schema::read_json<SignInFlow>(*opened);
  if (!flow || flow->ends_at <= now) return std::nullopt;
  return std::move(*flow);
}

}  // namespace ashlar::backend
