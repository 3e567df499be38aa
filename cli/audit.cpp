// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/system_call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/audit/erasure.hpp"
#include "ashlar/audit/sealer.hpp"
#include "ashlar/audit/verify.hpp"
#include "ashlar/schema/json.hpp"
#include "backend/audit/get_audit_checkpoint.hpp"
#include "backend/development_secrets.hpp"
#include "backend/users/user_repository.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

namespace ashlar::cli {

namespace {

// What the commands print with --json.
struct FoundRow {
  std::string kind;
  std::optional<std::int64_t> sequence;
  std::optional<std::int64_t> row;  // audit_entries.seq
  std::optional<Uuid> id;
  std::string detail;
};
ASHLAR_DESCRIBE(FoundRow, kind, sequence, row, id, detail)
struct VerifiedTrail {
  bool intact = true;
  std::int64_t size = 0;
  std::int64_t first_index = 0;
  std::int64_t entries = 0;
  std::int64_t erased = 0;
  std::int64_t unsealed = 0;
  std::vector<FoundRow> findings;
};
ASHLAR_DESCRIBE(VerifiedTrail, intact, size, first_index, entries, erased, unsealed, findings)
struct ErasedData {
  Uuid user_id;
  std::int64_t rows = 0;
};
ASHLAR_DESCRIBE(ErasedData, user_id, rows)
struct TrimmedTrail {
  std::int64_t first_index = 0;
  std::int64_t entries = 0;
};
ASHLAR_DESCRIBE(TrimmedTrail, first_index, entries)

template <class T>
void print_json(const T& value) {
  std::puts(schema::to_json(value).c_str());
}

// The key is derived from a secret that a development server makes, too.
std::unique_ptr<audit::CheckpointSigner> make_signer(CommandContext& context) {
  if (context.settings.stage != backend::Stage::production)
    backend::fill_development_secrets(context.settings, context.random);
  return backend::make_checkpoint_signer(context.settings);
}

class AuditCommand {
 public:
  AuditCommand()
      : signer(make_signer(context)),
        sealer(*context.database, *signer, context.clock, context.logger, context.settings.audit.sealer) {
    context.require_current_schema();
  }

  void seal() { (void)context.loop.run_or_exit(sealer.seal_all()); }

  // A unit of work on sealed entries, whose own entry is sealed, too.
  template <class Body, class... Arguments>
  auto run(std::string reason, Body body, Arguments... arguments) {
    seal();
    const api::Call::Environment environment{&context.clock, &context.random, &context.logger};
    api::SystemCall call(environment, std::move(reason));
    api::Units units(*context.database, {});
    auto out = context.loop.run_or_exit(units.run(call, body, std::move(arguments)...));
    seal();
    return out;
  }

  CommandContext context;
  std::unique_ptr<audit::CheckpointSigner> signer;
  audit::Sealer sealer;
};

audit::Checkpoint published(const std::string& file, const audit::CheckpointVerifier& key) {
  std::ifstream in(file, std::ios::binary);
  const std::string note{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw ExitError(exit_failed, file + " cannot be read.");
  auto out = key.open(note);
  if (!out) throw ExitError(exit_failed, file + ": " + out.error().message());
  return std::move(*out);
}

VerifiedTrail shown(const audit::Verification& found) {
  VerifiedTrail out{.intact = found.is_intact(),
                    .size = found.size,
                    .first_index = found.first_index,
                    .entries = found.entries,
                    .erased = found.erased,
                    .unsealed = found.unsealed,
                    .findings = {}};
  for (const audit::Finding& each : found.findings) {
    FoundRow row{.kind = std::string(to_string(each.kind)),
                 .sequence = std::nullopt,
                 .row = std::nullopt,
                 .id = std::nullopt,
                 .detail = each.detail};
    if (each.position >= 0) row.sequence = each.position;
    if (each.seq >= 0) row.row = each.seq;
    if (!each.entry.is_nil()) row.id = each.entry;
    out.findings.push_back(std::move(row));
  }
  return out;
}

void print_table(const VerifiedTrail& trail) {
  std::printf("%lld of %lld entries verified, %lld erased, %lld not sealed yet\n",
              static_cast<long long>(trail.entries), static_cast<long long>(trail.size - trail.first_index),
              static_cast<long long>(trail.erased), static_cast<long long>(trail.unsealed));
  if (trail.intact) return;
  const auto number = [](const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "-"; };
  Table table({"FINDING", "SEQUENCE", "ROW", "ID", "DETAIL"});
  for (const FoundRow& row : trail.findings)
    table.add({row.kind, number(row.sequence), number(row.row), row.id ? row.id->to_string() : "-", row.detail});
  table.print();
}

}  // namespace

int audit_verify(const AuditVerification& wanted) {
  AuditCommand command;
  const auto& key = command.signer->verifier();
  std::vector<audit::Checkpoint> checkpoints;
  for (const std::string& file : wanted.checkpoint_files) checkpoints.push_back(published(file, key));
  const VerifiedTrail trail = shown(value_or_exit(audit::verify(*command.context.database, key, checkpoints)));
  if (wanted.output == AuditOutput::json) {
    print_json(trail);
  } else {
    print_table(trail);
  }
  return trail.intact ? exit_ok : exit_failed;
}

int audit_checkpoint(AuditOutput output) {
  AuditCommand command;
  command.seal();
  auto tree = command.context.loop.run_or_exit(audit::read_tree(*command.context.database));
  const auto checkpoint = value_or_exit(backend::audit_checkpoint_of(std::move(tree), command.signer->verifier()));
  if (output == AuditOutput::json) {
    print_json(checkpoint);
  } else {
    std::fputs(checkpoint.checkpoint.c_str(), stdout);
  }
  return exit_ok;
}

int audit_proof(const std::string& entry) {
  const auto id = Uuid::parse(entry);
  if (!id) throw ExitError(exit_usage, "an entry is named by its id.");
  AuditCommand command;
  command.seal();
  auto proof = command.context.loop.run_or_exit(audit::prove(*command.context.database, *id));
  if (!proof) throw ExitError(exit_failed, "there is no audit entry " + entry + ".");
  print_json(value_or_exit(backend::audit_proof_of(std::move(*proof))));
  return exit_ok;
}

int audit_erase(const std::string& user, AuditOutput output) {
  AuditCommand command;
  auto id = Uuid::parse(user);
  if (!id) {
    const auto account =
        command.context.loop.run_or_exit(backend::UserRepository(*command.context.database).find_account(user));
    if (!account) throw ExitError(exit_failed, "there is no account " + user + "; a removed one is named by its id.");
    id = account->user.id;
  }
  const ErasedData erased{.user_id = *id, .rows = command.run("ashlar audit erase", &audit::erase_personal_data, *id)};
  if (output == AuditOutput::json) {
    print_json(erased);
  } else {
    std::printf("erased personal data at %lld places\n", static_cast<long long>(erased.rows));
  }
  return exit_ok;
}

int audit_trim(const std::string& keep_from, AuditOutput output) {
  const auto moment = Timestamp::parse(keep_from.contains('T') ? keep_from : keep_from + "T00:00:00Z");
  if (!moment) throw ExitError(exit_usage, "--before takes a date or a moment of RFC 3339.");
  AuditCommand command;
  const auto done = command.run("ashlar audit trim", &audit::trim, *moment);
  const TrimmedTrail trimmed{.first_index = done.first_index, .entries = done.entries};
  if (output == AuditOutput::json) {
    print_json(trimmed);
  } else {
    std::printf("removed %lld entries; the first one is %lld\n", static_cast<long long>(trimmed.entries),
                static_cast<long long>(trimmed.first_index));
  }
  return exit_ok;
}

}  // namespace ashlar::cli
