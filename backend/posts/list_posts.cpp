// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/list_posts.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

bool is_heavy(const ListPosts& in) { return api::is_deep(in.page, in.limit); }

Task<Result<api::Page<PostSummary>>> list_posts(api::Call& call, ListPosts in, sql::Replicas& replicas,
                                                const sql::Cursors& cursors) {
  std::optional<Uuid> caller;
  if (call.principal() != nullptr) caller = call.principal()->id;
  if (*in.mine && !caller) co_return fail(auth::errors::not_signed_in, "Sign in to see your own posts.");
  auto reads = replicas.reads_of(caller);
  if (!*in.mine) caller.reset();
  PostRepository posts(reads);
  if (in.cursor) co_return co_await posts.list_from(std::move(in), caller, cursors);
  co_return co_await posts.list(std::move(in), caller);
}

}  // namespace ashlar::backend
