// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/authority_sync.hpp"

#include "backend/authority/authority_repository.hpp"

namespace ashlar::backend {

// The first look knows nothing of what is kept: all of it may have been read before.
Task<Result<>> AuthoritySync::look() {
  const std::int64_t current = co_await unwrap(AuthorityRepository(database_).version());
  if (known_ >= 0 && current > known_) {
    co_await unwrap(apply_changes(current));
  } else if (current != known_) {  // the first look, or an older database was restored
    authorities_.invalidate(std::nullopt);
    known_ = current;
  }
  co_return Result<>{};
}

Task<Result<>> AuthoritySync::apply_changes(std::int64_t current) {
  while (known_ < current) {
    const auto changes = co_await unwrap(AuthorityRepository(database_).changes_after(known_));
    if (changes.empty() || changes.front().version != known_ + 1) {  // some were removed as old
      authorities_.invalidate(std::nullopt);
      known_ = current;
      break;
    }
    for (const AuthorityChangeRow& change : changes) {
      authorities_.invalidate(change.user_id ? std::optional(*change.user_id) : std::nullopt);
      known_ = change.version;
    }
  }
  co_return Result<>{};
}

}  // namespace ashlar::backend
