// SPDX-License-Identifier: Apache-2.0
#include "ashlar/oidc/detail/requests.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/client/form.hpp"
#include "ashlar/oidc/detail/provider_errors.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/schema/json.hpp"

#include <openssl/evp.h>

#include <optional>

namespace ashlar::oidc::detail {

// The members of a token response (RFC 6749 section 5.1), as they are named on the wire.
struct TokenDocument {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::string id_token;
  std::optional<std::string> access_token;
  std::string token_type;
};
ASHLAR_DESCRIBE(TokenDocument, id_token, access_token, token_type)

// Section 5.2.
struct TokenErrorDocument {
  std::string error;
};
ASHLAR_DESCRIBE(TokenErrorDocument, error)

namespace {

constexpr schema::ReadOptions others_ignored{.unknown = schema::ReadOptions::Unknown::ignore};
constexpr std::size_t cause_bytes_max = 64;  // of a provider's text in a log

// RFC 6749 section 2.3.1: both are form-encoded before they are joined.
std::string basic_credentials(const ProviderOptions& options) {
  const std::string plain = http::form_text(options.client_id) + ':' + http::form_text(options.client_secret);
  std::string out((plain.size() + 2) / 3 * 4 + 1, '\0');  // and OpenSSL's NUL
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
  out.resize(static_cast<std::size_t>(size));
  return "Basic " + out;
}

// An invalid or used code is the user's failed sign-in; every other error is for the provider or the operator to fix.
Error token_error(const http::ClientResponse& response) {
  const auto document = schema::read_json<TokenErrorDocument>(response.body, others_ignored);
  const std::string error = document ? document->error.substr(0, cause_bytes_max) : std::string("none");
  std::string cause =
      "the token endpoint answered with status " + std::to_string(response.status) + " and error " + error;
  return (error == "invalid_grant" ? refused(std::move(cause)) : unavailable(std::move(cause))).error();
}

// What the operator configured, so any address; no redirect.
http::ClientRequest request_to(std::string url, std::size_t bytes_max) {
  http::ClientRequest out;
  out.url = std::move(url);
  out.fields = {{"Accept", "application/json"}};
  out.egress = http::EgressPolicy::operator_configured();
  out.response_body_bytes_max = bytes_max;
  return out;
}

Task<Result<http::ClientResponse>> send(http::Client& client, std::chrono::milliseconds time_max, std::string what,
                                        http::ClientRequest request) {
  auto response = co_await client.send(std::move(request), time_max);
  if (!response) {
    co_return unavailable(what + ": " + std::string(response.error().code().name) + ' ' + response.error().cause());
  }
  co_return response;
}

}  // namespace

std::string form_of(std::initializer_list<http::FormField> fields) { return http::form_of(fields); }

Task<Result<std::string>> fetch_document(http::Client& client, const ProviderOptions& options, std::string url) {
  auto response =
      co_await unwrap(send(client, options.request_time_max, url, request_to(url, options.document_bytes_max)));
  if (response.status != 200) co_return unavailable(url + " answered with status " + std::to_string(response.status));
  co_return std::move(response.body);
}

Task<Result<TokenResponse>> exchange_code(http::Client& client, const ProviderOptions& options,
                                          std::shared_ptr<const ProviderMetadata> metadata, std::string code,
                                          std::string verifier) {
  http::ClientRequest request = request_to(metadata->token_endpoint, options.token_response_bytes_max);
  request.method = http::Method::post;
  request.body = form_of({{"grant_type", "authorization_code"},
                          {"code", code},
                          {"redirect_uri", options.redirect_uri},
                          {"code_verifier", verifier}});
  if (metadata->authentication == ProviderMetadata::ClientAuthentication::basic) {
    co_await unwrap(request.fields.add("Authorization", basic_credentials(options)));
  } else {
    request.body += '&' + form_of({{"client_id", options.client_id}, {"client_secret", options.client_secret}});
  }
  co_await unwrap(request.fields.add("Content-Type", http::form_media_type));
  const auto response =
      co_await unwrap(send(client, options.request_time_max, "the token endpoint", std::move(request)));
  if (response.status != 200) co_return std::unexpected(token_error(response));
  auto document = schema::read_json<TokenDocument>(response.body, others_ignored);
  if (!document) co_return unavailable("the token response is malformed");
  if (!ascii_iequals(document->token_type, "bearer")) co_return refused("the token response has another token_type");
  co_return TokenResponse{.id_token = std::move(document->id_token),
                          .access_token = std::move(document->access_token).value_or("")};
}

Task<Result<std::string>> fetch_userinfo(http::Client& client, const ProviderOptions& options, std::string url,
                                         std::string access_token) {
  http::ClientRequest request = request_to(std::move(url), options.document_bytes_max);
  if (!request.fields.add("Authorization", "Bearer " + access_token))
    co_return refused("the access token cannot be sent in a header field");
  auto response = co_await unwrap(send(client, options.request_time_max, "UserInfo", std::move(request)));
  if (response.status != 200) co_return unavailable("UserInfo answered with status " + std::to_string(response.status));
  co_return std::move(response.body);
}

}  // namespace ashlar::oidc::detail
