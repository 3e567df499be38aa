// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/token.hpp"
#include "ashlar/web/app.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>

namespace ashlar::web {

namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest digest_of(std::string_view text) {
  Digest out;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data());
  return out;
}

// Digests, so that neither the time nor the length reveals the token.
bool is_authorized(const http::Request& request, const Digest& token) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view sent = request.headers.get("Authorization");
  if (!sent.starts_with(scheme) || request.headers.count("Authorization") != 1) return false;
  const Digest offered = digest_of(sent.substr(scheme.size()));
  return CRYPTO_memcmp(offered.data(), token.data(), token.size()) == 0;
}

}  // namespace

void mount_metrics(Routes& routes, MetricsOptions options) {
  const bool guarded = !options.token.empty();
  routes.page("/metrics",
              [guarded, token = digest_of(options.token), of = options.of](const App& app, const http::Request& request,
                                                                           http::Response& response) -> Result<> {
                if (guarded && !is_authorized(request, token))
                  return fail(auth::errors::not_signed_in, "Send the metrics token to read the metrics.");
                response.body = (of == nullptr ? app : *of).metrics();
                response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
                response.headers.add("Cache-Control", "no-store");
                return {};
              });
}

}  // namespace ashlar::web
