// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/routes.hpp"

#include "backend/posts/author_of.hpp"
#include "backend/posts/create_post.hpp"
#include "backend/posts/delete_post.hpp"
#include "backend/posts/get_post.hpp"
#include "backend/posts/list_posts.hpp"
#include "backend/posts/update_post.hpp"

namespace ashlar::backend {

// clang-format off
void mount_posts(web::Routes& routes, api::Units& units, sql::Replicas& replicas, const sql::Cursors& cursors) {
  sql::Database& database = units.database();
  routes.get("/api/posts", list_posts, replicas, cursors).open().api_key("read:post").heavy(is_heavy)
      .tool().name("listPosts").tag("Posts").summary("Published posts, and mine").fails_with(sql::errors::invalid_cursor);
  routes.get("/api/posts/{id}", get_post, database).open().api_key("read:post")
      .tool().name("getPost").tag("Posts").summary("One post").fails_with(errors::post_not_found);
  routes.post("/api/posts", create_post, units).signed_in().api_key("create:post")
      .tool().name("createPost").tag("Posts").summary("Write a post");
  routes.patch("/api/posts/{id}", update_post, units).owner_or("update:post", author_of, database)
      .tool().name("updatePost").tag("Posts").summary("Change a post of mine").fails_with(errors::post_not_found);
  routes.remove("/api/posts/{id}", delete_post, units).owner_or("delete:post", author_of, database)
      .name("deletePost").tag("Posts").summary("Remove a post of mine").fails_with(errors::post_not_found);
}
// clang-format on

}  // namespace ashlar::backend
