// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/http/client/form.hpp"
#include "ashlar/oidc/provider.hpp"
#include "ashlar/oidc/provider_metadata.hpp"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// The requests to a provider.
namespace ashlar::oidc::detail {

// "a=b&c=d" (application/x-www-form-urlencoded).
[[nodiscard]] std::string form_of(std::initializer_list<http::FormField> fields);

// GET of a JSON document. Errors: auth.oauth_unavailable for anything but 200 with a body of at most `bytes_max`.
[[nodiscard]] Task<Result<std::string>> fetch_document(http::Client& client, const ProviderOptions& options,
                                                       std::string url);

struct TokenResponse {
  std::string id_token;
  std::string access_token;
};
// RFC 6749 section 4.1.3. Errors: auth.oauth_refused where the provider refuses the code, auth.oauth_unavailable.
[[nodiscard]] Task<Result<TokenResponse>> exchange_code(http::Client& client, const ProviderOptions& options,
                                                        std::shared_ptr<const ProviderMetadata> metadata,
                                                        std::string code, std::string verifier);

// OpenID Connect Core section 5.3.1: the body of the response, which is JSON. Error auth.oauth_unavailable.
[[nodiscard]] Task<Result<std::string>> fetch_userinfo(http::Client& client, const ProviderOptions& options,
                                                       std::string url, std::string access_token);

}  // namespace ashlar::oidc::detail
