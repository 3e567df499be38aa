// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/create_post.hpp"

#include "backend/posts/post_repository.hpp"
#include "backend/users/account_must_exist.hpp"

namespace ashlar::backend {

CreatePost CreatePost::example() {
  return {.title = PostTitle::of("On the analytical engine"),
          .content = PostContent::of("It weaves algebraic patterns."),
          .published = true};
}

Task<Result<api::Created<Post>>> create_post(api::UserCall& call, CreatePost in, api::Units& units) {
  Post post{.id = call.new_id(),
            .author_id = call.user().id,
            .title = in.title.str(),
            .content = in.content.str(),
            .published = *in.published,
            .created_at = call.now(),
            .updated_at = call.now()};
  co_await unwrap(account_must_exist(co_await units.run_one(call, &PostRepository::create, post)));
  co_return api::Created<Post>{std::move(post)};
}

}  // namespace ashlar::backend
