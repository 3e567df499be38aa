// SPDX-License-Identifier: Apache-2.0
#include "backend/api_keys/api_key.hpp"

namespace ashlar::backend {

namespace {

constexpr const char* example_prefix = "ash_0DoHXFQuVgJ5E4Yv3Gq8nZ";
const Timestamp moment = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{});
const Uuid example_id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a73").value_or(Uuid{});

}  // namespace

ApiKey ApiKey::example() {
  return {.id = example_id,
          .name = "Nightly export",
          .prefix = example_prefix,
          .permissions = {"read:order"},
          .created_at = moment,
          .expires_at = moment + std::chrono::hours{90 * 24},
          .last_used_at = moment + std::chrono::hours{1}};
}

NewApiKey NewApiKey::example() {
  return {.id = example_id,
          .name = "Nightly export",
          .prefix = example_prefix,
          .permissions = {"read:order"},
          .expires_at = moment + std::chrono::hours{90 * 24},
          .key = example_prefix + std::string("...")};
}

}  // namespace ashlar::backend
