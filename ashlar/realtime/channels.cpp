// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/channels.hpp"

#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::realtime {

namespace {

// The declared operation, which no other transport serves.
class ChannelOperation final : public api::Operation {
 public:
  explicit ChannelOperation(std::unique_ptr<api::Operation> declared) : declared_(std::move(declared)) {}

  [[nodiscard]] const schema::Type& input() const override { return declared_->input(); }
  [[nodiscard]] api::ReplyShape reply() const override { return declared_->reply(); }
  [[nodiscard]] bool needs_user() const override { return declared_->needs_user(); }
  [[nodiscard]] std::string_view transport() const override { return transport_name; }
  Task<Result<>> call(api::Call& its_call, api::InputSource& in, api::ReplySink& out, api::Gate* gate) override {
    return declared_->call(its_call, in, out, gate);
  }
  std::optional<Result<>> try_call(api::Call& its_call, api::InputSource& in, api::ReplySink& out,
                                   api::Gate* gate) override {
    return declared_->try_call(its_call, in, out, gate);
  }

 private:
  const std::unique_ptr<api::Operation> declared_;
};

// "order:" and "id" of "order:{id}".
struct Pattern {
  std::string_view prefix;
  std::string_view parameter;  // empty: none
};

Pattern parts_of(std::string_view pattern) {
  const std::size_t open = pattern.find('{');
  if (open == pattern.npos) return {.prefix = pattern, .parameter = {}};
  return {.prefix = pattern.substr(0, open), .parameter = pattern.substr(open + 1, pattern.size() - open - 2)};
}

bool is_usable(std::string_view pattern) {
  const auto [prefix, parameter] = parts_of(pattern);
  const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || c == ':' || c == '-'; };
  const auto is_word = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool has_parameter = prefix.size() != pattern.size();
  return !prefix.empty() && std::ranges::all_of(prefix, is_allowed) &&
         (!has_parameter || (pattern.ends_with('}') && !parameter.empty() && std::ranges::all_of(parameter, is_word)));
}

// "channelAdminJobs" of "admin:jobs".
std::string endpoint_name(std::string_view pattern) {
  std::string out = "channel";
  bool begins_word = true;
  for (const char c : pattern) {
    if (c < 'a' || c > 'z') {
      begins_word = true;
    } else {
      out.push_back(begins_word ? static_cast<char>(c - 'a' + 'A') : c);
      begins_word = false;
    }
  }
  return out;
}

}  // namespace

std::string_view channel_of_topic(std::string_view topic) { return topic.substr(0, topic.find('/')); }

Channel& Channels::emplace(std::string pattern, std::unique_ptr<api::Operation> operation) {
  if (!is_usable(pattern)) throw std::logic_error("the channel \"" + pattern + "\" is no usable pattern");
  Channel& out = *channels_.emplace_back(std::make_unique<Channel>());
  out.endpoint.name = endpoint_name(pattern);
  out.endpoint.declaration = "channel " + pattern;
  out.endpoint.operation = std::make_unique<ChannelOperation>(std::move(operation));
  out.endpoint.effect = api::Endpoint::Effect::reads;
  out.pattern = std::move(pattern);
  return out;
}

std::vector<const api::Endpoint*> Channels::endpoints() const {
  std::vector<const api::Endpoint*> out;
  for (const auto& channel : channels_) out.push_back(&channel->endpoint);
  return out;
}

std::optional<Channels::Match> Channels::find(std::string_view name) const {
  for (const auto& channel : channels_) {
    const auto [prefix, parameter] = parts_of(channel->pattern);
    if (parameter.empty()) {
      if (name == prefix) return Match{.channel = channel.get(), .input = "{}"};
    } else if (name.starts_with(prefix) && name.size() > prefix.size()) {
      std::string input = "{\"" + std::string(parameter) + "\":";
      schema::write_json_string(name.substr(prefix.size()), input);
      return Match{.channel = channel.get(), .input = input + "}"};
    }
  }
  return std::nullopt;
}

}  // namespace ashlar::realtime
