// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/routes.hpp"

#include "backend/mail/delete_mail_suppression.hpp"
#include "backend/mail/inbox_page.hpp"
#include "backend/mail/list_kept_mails.hpp"
#include "backend/mail/list_mail_suppressions.hpp"
#include "backend/mail/unsubscribe.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t unsubscribe_body_bytes_max = 4'096;  // "List-Unsubscribe=One-Click"

// Open: the token in the query is what is checked. No cookie counts, so other sites' pages may post, as mail providers
// do.
void mount_unsubscribe(web::Routes& routes, api::Units& units, const UnsubscribeLinks& links) {
  web::Route& post = routes.raw(http::Method::post, "/api/unsubscribe",
                                [&units, &links](api::Call& call, http::Request& request, http::Response& response) {
                                  return unsubscribe(call, request, response, units, links);
                                });
  post.set_guard(api::open());
  post.csrf = web::CsrfCheck::never;
  post.body_bytes_max = unsubscribe_body_bytes_max;
  post.endpoint.limits.push_back({.requests = 60, .window = 1min});
  web::Route& get = routes.raw(http::Method::get, "/api/unsubscribe",
                               [&links](api::Call& call, http::Request& request, http::Response& response) {
                                 return show_unsubscribe(call, request, response, links);
                               });
  get.set_guard(api::open());
}

}  // namespace

// clang-format off
void mount_mail(web::Routes& routes, api::Units& units, const UnsubscribeLinks& links) {
  mount_unsubscribe(routes, units, links);
  routes.get("/api/admin/mail/suppressions", list_mail_suppressions, units.database()).role("admin").no_api_key()
      .name("listMailSuppressions").tag("Admin").summary("Addresses that mail servers refused for good");
  routes.remove("/api/admin/mail/suppressions/{address}", delete_mail_suppression, units).role("admin").no_api_key()
      .name("deleteMailSuppression").tag("Admin").summary("Send mail to an address again").fails_with(errors::mail_suppression_not_found);
}

void mount_kept_mails(web::Routes& routes, const mail::MemoryMailer& mailer) {
  routes.get("/api/admin/mail", list_kept_mails, mailer).role("admin").no_api_key()
      .name("listKeptMails").tag("Development").summary("Mails that the process kept instead of sending them");
  mount_inbox(routes, mailer);
}
// clang-format on

}  // namespace ashlar::backend
