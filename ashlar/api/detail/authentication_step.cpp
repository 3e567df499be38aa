// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/detail/authentication_step.hpp"

#include "ashlar/api/caller_source.hpp"
#include "ashlar/auth/token.hpp"

#include <string>
#include <utility>

namespace ashlar::api::detail {

namespace {

class AuthenticationStep final : public Step {
 public:
  explicit AuthenticationStep(CallerSources callers) : callers_(callers) {}

  [[nodiscard]] std::string_view name() const override { return "authentication"; }
  [[nodiscard]] std::optional<Result<>> try_decide(Invocation& invocation) const override {
    if (!invocation.call.has_principal() && !try_identify(invocation)) return std::nullopt;
    if (invocation.call.has_principal() && !try_find_authority(invocation)) return std::nullopt;
    return Result<>{};
  }

  [[nodiscard]] Task<Result<>> decide(Invocation& invocation) const override {
    Call& call = invocation.call;
    if (!call.has_principal()) identify(invocation, co_await verify(std::string(call.presented_token())));
    if (!call.has_principal() || try_find_authority(invocation)) co_return Result<>{};
    auto authority = co_await callers_.authorities->load(call.peek_principal()->id);
    if (!authority) {
      refuse_caller(invocation, std::move(authority.error()));
    } else if (!*authority) {
      refuse_caller(invocation, Error(auth::errors::token_revoked, "This account does not exist any more."));
    } else if (auto still = verify_again(call); !still) {
      refuse_caller(invocation, std::move(still.error()));
    } else {
      call.set_authority(std::move(*authority));
    }
    co_return Result<>{};
  }

 private:
  static void refuse(Invocation& invocation, Error error) {
    invocation.credential_refusal = std::make_unique<Error>(std::move(error));
  }
  static void refuse_caller(Invocation& invocation, Error error) {
    invocation.call.set_principal(nullptr);
    refuse(invocation, std::move(error));
  }
  // While the rights were read, this process may have learned that the session has ended.
  [[nodiscard]] Result<> verify_again(const Call& call) const {
    const std::string_view token = call.presented_token();
    if (token.empty() || callers_.tokens == nullptr || is_api_key(token)) return {};
    auto verified = callers_.tokens->verify_access(token);
    if (!verified) return std::unexpected(std::move(verified.error()));
    return {};
  }
  static void identify(Invocation& invocation, Result<std::shared_ptr<const auth::Principal>> verified) {
    if (!verified) return refuse(invocation, std::move(verified.error()));
    invocation.call.set_principal(std::move(*verified));
  }
  [[nodiscard]] bool is_api_key(std::string_view token) const {
    return callers_.api_keys != nullptr && callers_.api_keys->is_key(token);
  }
  // A credential that try_identify() could not decide.
  Task<ApiKeySource::Verified> verify(std::string token) const {
    if (is_api_key(token)) co_return co_await callers_.api_keys->verify(std::move(token));
    co_await callers_.token_keys->refresh();
    co_return callers_.tokens->verify_access(token);
  }
  // False: an API key has to be loaded, or newer token keys.
  [[nodiscard]] bool try_identify(Invocation& invocation) const {
    Credential credential = invocation.transport.credential(invocation.call);
    invocation.call.set_presented_token(credential.token);
    if (credential.refusal) {
      refuse(invocation, std::move(*credential.refusal));
    } else if (!credential.token.empty() && is_api_key(credential.token)) {
      auto verified = callers_.api_keys->try_verify(credential.token, invocation.began);
      if (!verified) return false;
      identify(invocation, std::move(*verified));
    } else if (!credential.token.empty() && callers_.tokens != nullptr) {
      auto verified = callers_.tokens->verify_access(credential.token);
      if (!verified && verified.error().code() == auth::errors::token_invalid && callers_.token_keys != nullptr &&
          callers_.token_keys->may_have_newer(credential.token))
        return false;
      identify(invocation, std::move(verified));
    }
    return true;
  }

  // False: it has to be loaded. A health check works without the caller's authority.
  [[nodiscard]] bool try_find_authority(Invocation& invocation) const {
    Call& call = invocation.call;
    const auth::Principal& principal = *call.peek_principal();
    std::shared_ptr<const auth::Authority> found;
    if (callers_.authorities == nullptr) {
      found = principal.claimed ? principal.claimed : auth::authority_of_claims(principal);
    } else {
      found = callers_.authorities->try_find(principal.id, invocation.began);
      if (!found) return invocation.endpoint.endpoint->importance != Endpoint::Importance::normal;
    }
    call.set_authority(std::move(found));
    return true;
  }

  const CallerSources callers_;
};

}  // namespace

std::shared_ptr<const Step> authentication_step(CallerSources callers) {
  return std::make_shared<AuthenticationStep>(callers);
}

}  // namespace ashlar::api::detail
