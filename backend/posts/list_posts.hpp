// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/replicas.hpp"
#include "backend/posts/post_list.hpp"

namespace ashlar::backend {

[[nodiscard]] bool is_heavy(const ListPosts& in);  // see web::RouteBuilder::heavy

Task<Result<api::Page<PostSummary>>> list_posts(api::Call& call, ListPosts in, sql::Replicas& replicas,
                                                const sql::Cursors& cursors);

}  // namespace ashlar::backend
