// SPDX-License-Identifier: Apache-2.0
// The API's description and a page that shows it. The build embeds the page's files (cmake/AshlarDocsPage.cmake); the
// page loads nothing from other servers.
#include "ashlar/web/app.hpp"

#ifdef ASHLAR_DOCS_PAGE
extern "C" {
extern const char _binary_docs_html_start[], _binary_docs_html_end[];
extern const char _binary_docs_css_start[], _binary_docs_css_end[];
extern const char _binary_docs_js_start[], _binary_docs_js_end[];
extern const char _binary_swagger_ui_css_start[], _binary_swagger_ui_css_end[];
extern const char _binary_swagger_ui_bundle_js_start[], _binary_swagger_ui_bundle_js_end[];
}
#endif

namespace ashlar::web {

namespace {

#ifdef ASHLAR_DOCS_PAGE
struct File {
  std::string_view path;
  std::string_view type;
  std::string_view bytes;
};

void mount_file(Routes& routes, const File& file) {
  routes.page(file.path, [file](const App&, const http::Request&, http::Response& response) -> Result<> {
    response.body = file.bytes;
    response.headers.add("Content-Type", file.type);
    response.headers.add("Cache-Control", "max-age=300");
    return {};
  });
}

// Swagger UI styles elements in place and draws its icons from data: URLs.
ContentSecurityPolicy policy_of_docs() {
  ContentSecurityPolicy policy = ContentSecurityPolicy::nothing();
  policy.connect_src = policy.font_src = policy.form_action = policy.script_src = {csp::self};
  policy.img_src = {csp::self, "data:"};
  policy.style_src = {csp::self, csp::unsafe_inline};
  return policy;
}

void mount_page(Routes& routes) {
  routes.page(
      "/docs",
      [policy = policy_of_docs().text()](const App&, const http::Request&, http::Response& response) -> Result<> {
        response.body.assign(_binary_docs_html_start, _binary_docs_html_end);
        response.headers.add("Content-Type", "text/html; charset=utf-8");
        response.headers.add("Cache-Control", "no-cache");
        response.headers.set("Content-Security-Policy", policy);
        return {};
      });
  mount_file(routes, {"/docs/docs.css", "text/css; charset=utf-8", {_binary_docs_css_start, _binary_docs_css_end}});
  mount_file(routes, {"/docs/docs.js", "text/javascript; charset=utf-8", {_binary_docs_js_start, _binary_docs_js_end}});
  mount_file(
      routes,
      {"/docs/swagger-ui.css", "text/css; charset=utf-8", {_binary_swagger_ui_css_start, _binary_swagger_ui_css_end}});
  mount_file(routes, {"/docs/swagger-ui-bundle.js",
                      "text/javascript; charset=utf-8",
                      {_binary_swagger_ui_bundle_js_start, _binary_swagger_ui_bundle_js_end}});
}
#else
void mount_page(Routes& routes) {
  routes.page("/docs", [](const App&, const http::Request&, http::Response& response) -> Result<> {
    response.body = "This program was built without the page of the API: build Ashlar with -D ASHLAR_DOCS_PAGE=ON.\n";
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    return {};
  });
}
#endif

}  // namespace

void mount_docs(Routes& routes, DocsPage docs_page) {
  routes.page("/openapi.json", [](const App& app, const http::Request&, http::Response& response) -> Result<> {
    response.body = app.openapi();
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Cache-Control", "no-cache");
    return {};
  });
  if (docs_page == DocsPage::yes) mount_page(routes);
}

}  // namespace ashlar::web
