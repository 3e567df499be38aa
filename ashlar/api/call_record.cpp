// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call_record.hpp"

#include <array>
#include <cassert>
#include <cstddef>

namespace ashlar::api {

namespace {

std::string user_id_of(const Call& call) {
  return call.principal() == nullptr ? std::string{} : call.principal()->id.to_string();
}

std::string_view operation_of(const PreparedEndpoint* endpoint) {
  return endpoint == nullptr ? std::string_view{} : std::string_view(endpoint->endpoint->name);
}

// The number of calls that this call's line stands for; 0: no line. Chosen at random, which no client can influence.
std::uint32_t share_of(const CallRecord& record, const CallLogOptions& options) {
  if (options.one_in <= 1 || record.result == CallRecord::Result::failure || record.took >= options.slow) return 1;
  std::array<std::byte, 4> bytes;
  record.call.random().fill(bytes);
  std::uint32_t number = 0;
  for (const std::byte byte : bytes) number = number << 8 | std::to_integer<std::uint32_t>(byte);
  return number % options.one_in == 0 ? options.one_in : 0;
}

// A line's attributes, in place: a line is written for every call.
class Attributes {
 public:
  void add(const log::Attribute& attribute) {
    assert(count_ < all_.size());
    all_[count_++] = attribute;
  }
  [[nodiscard]] std::span<const log::Attribute> view() const { return std::span(all_).first(count_); }

 private:
  static constexpr std::size_t own_max = 9;
  template <std::size_t... I>
  static std::array<log::Attribute, sizeof...(I)> blank(std::index_sequence<I...>) {
    return {((void)I, log::Attribute("", ""))...};
  }
  std::array<log::Attribute, call_attributes_max + own_max> all_ =
      blank(std::make_index_sequence<call_attributes_max + own_max>());
  std::size_t count_ = 0;
};

}  // namespace

void log_call(const CallRecord& record, const CallLogOptions& options) {
  const Call& call = record.call;
  log::Logger& logger = *call.environment().logger;
  if (options.state == CallLogOptions::State::off || !logger.enabled(log::Level::info)) return;
  const std::uint32_t share = share_of(record, options);
  if (share == 0) return;

  Attributes attributes;
  for (const log::Attribute& attribute : record.transport) attributes.add(attribute);
  if (record.endpoint != nullptr) attributes.add({"operation", operation_of(record.endpoint)});
  if (!record.code.empty()) attributes.add({"code", record.code});
  attributes.add({"address", call.client_address()});
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(record.took).count();
  attributes.add({"durationMs", static_cast<double>(microseconds) / 1000});
  attributes.add({"requestId", call.request_id()});
  const std::string user_id = user_id_of(call);
  if (!user_id.empty()) attributes.add({"userId", user_id});
  if (call.is_traced()) {
    attributes.add({"traceId", call.trace().trace_id()});
    attributes.add({"spanId", call.trace().span_id()});
  }
  if (share > 1) attributes.add({"oneIn", share});
  logger.write(log::Level::info, "request", attributes.view());
}

void log_refusal(const Call& call, const PreparedEndpoint* endpoint, const Error& error) {
  const std::string user_id = user_id_of(call);
  const auto& roles = call.authority().roles;
  const auth::PresentedKey* key = call.presented_key();
  const std::string key_id = key == nullptr ? std::string{} : key->id.to_string();
  const std::initializer_list<log::Attribute> attributes = {
      {"code", error.code().name},
      {"operation", operation_of(endpoint)},
      {"required", endpoint == nullptr || !endpoint->guard ? std::string_view{} : endpoint->guard->text()},
      {"transport", call.transport()},
      {"target", call.target()},
      {"address", call.client_address()},
      {"userId", user_id},
      {"permission", call.refused_permission()},
      {"role", roles.empty() ? std::string_view{} : std::string_view(roles.front()->name)},
      {"apiKeyId", key_id},
      {"requestId", call.request_id()}};
  log::Logger& logger = *call.environment().logger;
  if (error.kind() == ErrorKind::forbidden) {
    logger.security(log::Level::warn, "access refused", attributes);
  } else {
    logger.info("access refused", attributes);
  }
}

void log_failure(const Call& call, const PreparedEndpoint* endpoint, const Error& error) {
  call.environment().logger->error("request failed",
                                   {{"code", error.code().name},
                                    {"cause", error.cause().empty() ? error.message() : error.cause()},
                                    {"operation", operation_of(endpoint)},
                                    {"transport", call.transport()},
                                    {"target", call.target()},
                                    {"userId", user_id_of(call)},
                                    {"requestId", call.request_id()}});
}

}  // namespace ashlar::api
