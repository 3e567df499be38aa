// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/detail/call_gate.hpp"

#include "ashlar/api/guard.hpp"
#include "ashlar/api/overload.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace ashlar::api::detail {

CallGate::CallGate(Invocation& invocation) : invocation_(invocation) {
  const OwnerSource* source = invocation.endpoint.owner_source;
  depends_ = invocation.ruling.verdict == Verdict::needs_object;
  if (source != nullptr && depends_) {
    looks_up_ = static_cast<bool>(source->look_up);
    checks_reply_ = !looks_up_;
  }
  takes_fingerprint_ = invocation.endpoint.endpoint->idempotency == Endpoint::Idempotency::taken;
}

CallGate::~CallGate() {
  if (in_heavy_lane_) invocation_.endpoint.heavy_lane->leave();
}

Task<Result<>> CallGate::admit(const schema::Type& type, const void* input) {
  const auto& id = *static_cast<const Uuid*>(invocation_.endpoint.id->locate_in(input));
  auto owner = co_await invocation_.endpoint.owner_source->look_up(invocation_.call, id);
  if (!owner) co_return std::unexpected(std::move(owner.error()));
  id_ = id;
  if (auto decided = decide(&*owner); !decided) co_return decided;
  co_return admit_decided(type, input);
}

Result<> CallGate::try_admit(const schema::Type& type, const void* input) {
  if (depends_) {
    if (invocation_.endpoint.id != nullptr) id_ = *static_cast<const Uuid*>(invocation_.endpoint.id->locate_in(input));
    if (!checks_reply_) {
      if (auto decided = decide(nullptr); !decided) return decided;
    }
  }
  return admit_decided(type, input);
}

Result<> CallGate::admit_decided(const schema::Type& type, const void* input) {
  if (invocation_.endpoint.heavy_lane != nullptr && invocation_.endpoint.endpoint->heavy(input)) {
    if (auto error = invocation_.endpoint.heavy_lane->try_enter()) return std::unexpected(std::move(*error));
    in_heavy_lane_ = true;
  }
  if (takes_fingerprint_ && !invocation_.call.idempotency_key().empty()) take_fingerprint(type, input);
  return {};
}

Result<> CallGate::release(const void* reply) {
  if (!checks_reply_) return {};
  const Uuid owner = invocation_.endpoint.owner_source->of_reply(reply);
  return decide(&owner);
}

Result<> CallGate::decide(const Uuid* owner) {
  const GuardedObject object{.id = id_ ? &*id_ : nullptr, .owner = owner};
  invocation_.ruling = invocation_.endpoint.guard->decide(invocation_.call, &object);
  if (invocation_.ruling.verdict == Verdict::allowed) return {};
  if (invocation_.ruling.verdict == Verdict::stale)
    return std::unexpected(step_up_error(invocation_.ruling.sign_in_age_max));
  return fail(auth::errors::forbidden, owner != nullptr ? "This belongs to another account." : "You may not do this.");
}

// The input as JSON, so that equivalent texts are the same request.
void CallGate::take_fingerprint(const schema::Type& type, const void* input) {
  std::string text = invocation_.endpoint.endpoint->name + '\n';
  schema::write_json(type, input, text);
  std::array<std::byte, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(),
                 nullptr) != 1)
    throw std::runtime_error("SHA-256 failed");
  invocation_.call.set_fingerprint(invocation_.endpoint.endpoint->name + ' ' +
                                   to_base64url(std::span(digest).first(size)));
}

}  // namespace ashlar::api::detail
