// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/authority_cache.hpp"
#include "backend/authority/authority_repository.hpp"
#include "backend/authority/explain_access.hpp"
#include "backend/users/user_repository.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

namespace ashlar::cli {

namespace {

Uuid account_named(CommandContext& place, const std::string& user) {
  if (const auto id = Uuid::parse(user)) return *id;
  const auto account = place.loop.run_or_exit(backend::UserRepository(*place.database).find_account(user));
  if (!account) throw ExitError(exit_failed, "there is no account " + user + ".");
  return account->user.id;
}

}  // namespace

int authz_explain(const AccessQuestion& question) {
  const auto permission = auth::Permission::parse(question.permission);
  if (!permission) throw ExitError(exit_usage, "a permission is verb:resource, such as update:post.");
  if (question.resource.empty() != question.resource_id.empty())
    throw ExitError(exit_usage, "an object needs a resource and an id, such as: post 7.");
  CommandContext place;
  place.require_current_schema();
  const Uuid account = account_named(place, question.user);
  auth::AuthorityCache roles;
  const auto authority = place.loop.run_or_exit(backend::AuthorityRepository(*place.database).load(account, roles));
  if (!authority) throw ExitError(exit_failed, "there is no account " + question.user + ".");

  const auth::ResourceRef resource{.type = question.resource, .id = question.resource_id};
  const auto found = backend::explanation_of(*authority, *permission, question.resource.empty() ? nullptr : &resource,
                                             place.clock.now());
  Table table({"ALLOWED", "SOURCE", "FROM", "UNTIL", "APPROVED BY", "BECAUSE"});
  const auto shown = [](const Nullable<Timestamp>& time) { return time ? time->to_string() : std::string("-"); };
  table.add({found.allowed ? "yes" : "no", found.source, shown(found.from), shown(found.until),
             found.approved_by ? *found.approved_by : std::string("-"), found.because});
  table.print();
  return found.allowed ? exit_ok : exit_failed;
}

}  // namespace ashlar::cli
