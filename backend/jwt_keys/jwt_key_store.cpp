// SPDX-License-Identifier: Apache-2.0
#include "backend/jwt_keys/jwt_key_store.hpp"

#include "ashlar/sql/query.hpp"
#include "backend/jwt_keys/jwt_key_set_row.hpp"

#include <string>
#include <utility>

namespace ashlar::backend {

using sql::col;

namespace {

constexpr const char* row_name = "access";
// Authenticated with the sealed text: it opens in this row alone.
constexpr std::string_view seal_context = "jwt_key_sets.sealed:access";

}  // namespace

struct JwtKeyStore::Sealed {
  std::string text;
  std::int64_t version = 0;
};

Result<std::optional<JwtKeyStore::Sealed>> JwtKeyStore::read_blocking() {
  std::optional<Sealed> found;
  sql::Statement read =
      sql::find<&JwtKeySetRow::name, JwtKeySetRow>(std::string(row_name)).statement(database_.dialect());
  read.on_row = [&found](const sql::Row& row) { found = {std::string(row.text(1)), row.integer(2)}; };
  if (auto done = database_.query_blocking(read); !done) return std::unexpected(std::move(done.error()));
  return found;
}

Result<StoredKeySet> JwtKeyStore::open(const Sealed& sealed) const {
  const auto json = box_.open(sealed.text, seal_context);
  if (!json) return std::unexpected(json.error());
  auto keys = auth::KeySet::parse(*json);
  if (!keys) {
    return std::unexpected(
        Error(errors::jwt_keys_unusable, "The stored signing keys cannot be used.").with_cause(keys.error().message()));
  }
  return StoredKeySet{std::move(*keys), sealed.version};
}

Result<StoredKeySet> JwtKeyStore::load_or_make_blocking(auth::SignatureAlgorithm algorithm, Random& random) {
  auto stored = read_blocking();
  if (stored && !*stored) {
    const auth::KeySet made(auth::Key::generate(algorithm, random));
    const JwtKeySetRow row{.name = row_name, .sealed = box_.seal(made.to_json(), seal_context), .version = 1};
    for (const sql::Statement& insert :
         sql::insert(row).on_conflict<&JwtKeySetRow::name>().do_nothing().statements(database_.dialect())) {
      if (auto done = database_.query_blocking(insert); !done) return std::unexpected(std::move(done.error()));
    }
    stored = read_blocking();  // of another process, when that was quicker
  }
  if (!stored) return std::unexpected(std::move(stored.error()));
  if (!*stored) return fail(errors::jwt_keys_unusable, "The signing keys were removed while they were read.");
  auto out = open(**stored);
  if (out && box_.needs_reseal((*stored)->text)) {
    // When another process was quicker, it sealed them again.
    if (auto done = replace_blocking(out->keys, out->version); !done) return std::unexpected(std::move(done.error()));
  }
  return out;
}

Task<Result<std::optional<StoredKeySet>>> JwtKeyStore::read_newer(std::int64_t known) {
  const auto row = co_await unwrap(
      sql::from<JwtKeySetRow>()
          .where(col<&JwtKeySetRow::name> == std::string(row_name) && col<&JwtKeySetRow::version> != known)
          .one(database_));
  if (!row) co_return std::nullopt;
  co_return co_await unwrap(open({row->sealed, row->version}));
}

Result<bool> JwtKeyStore::replace_blocking(const auth::KeySet& keys, std::int64_t version) {
  sql::Statement change =
      sql::update<JwtKeySetRow>()
          .set(col<&JwtKeySetRow::sealed> = box_.seal(keys.to_json(), seal_context),
               col<&JwtKeySetRow::version> = version + 1)
          .where(col<&JwtKeySetRow::name> == std::string(row_name) && col<&JwtKeySetRow::version> == version)
          .statement<>(database_.dialect());
  bool replaced = false;
  change.on_row = [&replaced](const sql::Row&) { replaced = true; };
  if (auto done = database_.query_blocking(change); !done) return std::unexpected(std::move(done.error()));
  return replaced;
}

}  // namespace ashlar::backend
