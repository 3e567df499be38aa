// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/create_post.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

CreatePost CreatePost::example() {
  return {.title = PostTitle::of("On the analytical engine"),
          .content = PostContent::of("It weaves algebraic patterns."),
          .published = true};
}

Task<Result<web::Created<Post>>> create_post(web::Context& ctx, CreatePost in, sql::Database& database) {
  Post post{.id = ctx.new_id(),
            .author_id = ctx.user().id,
            .title = in.title.str(),
            .content = in.content.str(),
            .published = *in.published,
            .created_at = ctx.now(),
            .updated_at = ctx.now()};
  auto created = co_await PostRepository(database).create(post);
  if (!created && created.error().code() == sql::errors::foreign_key)
    co_return fail(auth::errors::token_revoked, "This account does not exist any more.");
  if (!created) co_return std::unexpected(std::move(created.error()));
  co_return web::Created<Post>{std::move(post)};
}

}  // namespace ashlar::backend
