// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/instances/instance_register.hpp"
#include "ashlar/schema/json.hpp"
#include "backend/development_secrets.hpp"
#include "backend/jwt_keys/jwt_key_store.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

#include <chrono>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <vector>

namespace ashlar::cli {

namespace {

// A key as `ashlar keys` shows it.
struct ShownKey {
  std::string id;
  std::string algorithm;
  std::string state;  // signs; published: will sign; verifies: signs no more; ended
  Nullable<Timestamp> signs_from;
  Nullable<Timestamp> verifies_until;
};
ASHLAR_DESCRIBE(ShownKey, id, algorithm, state, signs_from, verifies_until)

struct ShownKeys {
  std::vector<ShownKey> keys;
};
ASHLAR_DESCRIBE(ShownKeys, keys)

ShownKey shown(const auth::KeySet& keys, const auth::KeySetEntry& entry, Timestamp now) {
  ShownKey out{.id = entry.key.id(),
               .algorithm = std::string(auth::name_of(entry.key.algorithm())),
               .state = "verifies",
               .signs_from = std::nullopt,
               .verifies_until = std::nullopt};
  if (&entry == keys.signing_entry(now)) out.state = "signs";
  if (entry.signs_from > now) out.state = "published";
  if (entry.verifies_until && *entry.verifies_until <= now) out.state = "ended";
  // The first key of a set signs since ever.
  if (entry.signs_from.milliseconds() != Timestamp::milliseconds_min) out.signs_from = entry.signs_from;
  if (entry.verifies_until) out.verifies_until = *entry.verifies_until;
  return out;
}

void print(const auth::KeySet& keys, Timestamp now, KeysOutput output) {
  ShownKeys all;
  for (const auth::KeySetEntry& entry : keys.entries()) all.keys.push_back(shown(keys, entry, now));
  if (output == KeysOutput::json) {
    std::puts(schema::to_json(all).c_str());
    return;
  }
  Table table({"ID", "ALGORITHM", "STATE", "SIGNS FROM", "VERIFIES UNTIL"});
  const auto text = [](const Nullable<Timestamp>& time) { return time ? time->to_string() : std::string("-"); };
  for (const ShownKey& key : all.keys)
    table.add({key.id, key.algorithm, key.state, text(key.signs_from), text(key.verifies_until)});
  table.print();
}

Task<Result<>> wait_for(instances::InstanceRegister* servers) {
  co_await servers->wait_until_applied();
  co_return Result<>{};
}

// The stored set of an application whose JWT_ALGORITHM has one.
class StoredKeys {
 public:
  StoredKeys() {
    if (context_.settings.jwt_algorithm == auth::SignatureAlgorithm::hs256)
      throw ExitError(exit_failed, "JWT_ALGORITHM is HS256: its key is JWT_SECRET, and there is no key set.");
    context_.require_current_schema();
    if (context_.settings.stage != backend::Stage::production)
      backend::fill_development_secrets(context_.settings, context_.random);
    box_.emplace(context_.settings.secret_keys, context_.random);
    store_.emplace(*context_.database, *box_);
    servers_.emplace(*context_.database, context_.clock, context_.random, context_.logger,
                     instances::InstanceRegisterOptions{});
  }

  [[nodiscard]] CommandContext& context() { return context_; }
  [[nodiscard]] backend::StoredKeySet read() {
    return value_or_exit(store_->load_or_make_blocking(context_.settings.jwt_algorithm, context_.random));
  }
  // Stores what `change` makes of the set, of the newest one when another command changes it at the same time.
  template <class Change>
  auth::KeySet change(const Change& change) {
    while (true) {
      const backend::StoredKeySet before = read();
      auth::KeySet after = change(before.keys);
      if (!value_or_exit(store_->replace_blocking(after, before.version))) continue;
      context_.loop.run_or_exit(wait_for(&*servers_));
      return after;
    }
  }

 private:
  CommandContext context_;
  std::optional<auth::SecretBox> box_;
  std::optional<backend::JwtKeyStore> store_;
  std::optional<instances::InstanceRegister> servers_;
};

// Instances' clocks differ: the key that signs from now on may not begin later on any of them.
auth::KeySet without(const auth::KeySet& keys, const std::string& id, Timestamp now) {
  std::vector<auth::KeySetEntry> left = keys.entries();
  if (std::erase_if(left, [&id](const auth::KeySetEntry& entry) { return entry.key.id() == id; }) == 0)
    throw ExitError(exit_failed, "there is no key " + id + ".");
  if (left.empty() || auth::KeySet(left).signing_entry(now) == nullptr)
    throw ExitError(exit_failed, "no other key signs yet. Run: ashlar keys rotate --lead 0");
  const std::string signs = auth::KeySet(left).signing_entry(now)->key.id();
  for (auth::KeySetEntry& entry : left)
    if (entry.key.id() == signs) entry.signs_from = Timestamp::from_milliseconds(Timestamp::milliseconds_min);
  return auth::KeySet(std::move(left));
}

}  // namespace

int keys_list(KeysOutput output) {
  StoredKeys keys;
  print(keys.read().keys, keys.context().clock.now(), output);
  return exit_ok;
}

int keys_rotate(const KeyRotation& wanted) {
  StoredKeys keys;
  CommandContext& context = keys.context();
  const std::chrono::seconds overlap(wanted.overlap_seconds);
  if (overlap < context.settings.tokens.access_lifetime)
    throw ExitError(exit_usage, "--overlap is shorter than JWT_EXPIRES_IN: tokens would end before their time.");
  const auth::Key next = auth::Key::generate(context.settings.jwt_algorithm, context.random);
  const Timestamp now = context.clock.now();
  const auth::KeySet after = keys.change([&](const auth::KeySet& before) {
    try {
      return before.rotate(next, now,
                           {.publish_lead = std::chrono::seconds(wanted.lead_seconds), .token_lifetime_max = overlap});
    } catch (const std::invalid_argument&) {
      throw ExitError(exit_failed, "the set is full. Remove a key, or wait until one has ended.");
    }
  });
  print(after, now, wanted.output);
  return exit_ok;
}

int keys_remove(const std::string& id, KeysOutput output) {
  StoredKeys keys;
  const Timestamp now = keys.context().clock.now();
  print(keys.change([&](const auth::KeySet& before) { return without(before, id, now); }), now, output);
  return exit_ok;
}

}  // namespace ashlar::cli
