// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/routes.hpp"

#include "backend/exports/download_export.hpp"
#include "backend/exports/generate_export.hpp"
#include "backend/exports/get_export.hpp"

namespace ashlar::backend {

// clang-format off
void mount_exports(web::Routes& routes, Exports& exports) {
  routes.post("/api/exports/generate", generate_export, exports).permission("create:export").limit({.requests = 5, .window = std::chrono::minutes{1}, .by = api::RateLimit::By::account})
      .name("generateExport").tag("Exports").summary("Export every row of a list to a file");
  routes.get("/api/exports/{id}", get_export, exports).permission("create:export")
      .name("getExport").tag("Exports").summary("An export of mine, with a link to its file").fails_with(errors::export_not_found);
  auto& file = routes.raw(http::Method::get, "/api/exports/{id}/file", [&exports](api::Call& call, http::Request& request, http::Response& response) {
    return download_export(call, request, response, exports);
  }).set_guard(api::open());
  file.compressed = web::Route::Compressed::no;
}
// clang-format on

}  // namespace ashlar::backend
