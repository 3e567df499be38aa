// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/inbox_page.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/ip_address.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

namespace {

constexpr std::string_view path = "/dev/mail";
constexpr std::string_view id_parameter = "id=";
constexpr std::string_view html_parameter = "html=";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string head(std::string_view title) {
  return "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
         "content=\"width=device-width\">\n<title>" +
         escaped(title) + "</title>\n";
}

std::string list_page(const std::vector<mail::Message>& kept) {
  std::string out = head("Mail") + "<h1>Mail</h1>\n";
  if (kept.empty()) out += "<p>No mail yet. What would be sent is kept here while MAIL_URL is not set.</p>\n";
  out += "<table>\n";
  for (const mail::Message& message : kept) {
    out +=
        "<tr><td>" + message.at.to_string() + "</td><td>" + escaped(message.to.address.view()) + "</td><td><a href=\"";
    out += std::string(path) + "?id=" + std::string(message.id.left()) + "\">" + escaped(message.subject.view());
    out += "</a></td></tr>\n";
  }
  return out + "</table>\n</html>\n";
}

std::string mail_page(const mail::Message& message) {
  const std::string left(message.id.left());
  std::string out = head(message.subject.view());
  out +=
      "<p><a href=\"" + std::string(path) + "\">All mail</a></p>\n<h1>" + escaped(message.subject.view()) + "</h1>\n";
  out += "<p>" + message.at.to_string() + ", from " + escaped(message.from.address.view()) + " to ";
  out += escaped(message.to.address.view()) + "</p>\n<pre>" + escaped(message.text.view()) + "</pre>\n";
  out += "<p><a href=\"" + std::string(path) + "?html=" + left + "\">The HTML part</a></p>\n";
  return out + "</html>\n";
}

void answer(http::Response& response, std::string body, std::string_view policy) {
  response.status = 200;
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Content-Security-Policy", policy);
  response.body = std::move(body);
}

// The pages have no style of their own; a mail has style attributes.
constexpr std::string_view page_policy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view mail_policy =
    "sandbox allow-popups; default-src 'none'; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

Task<Result<>> show(api::Call&, http::Request& request, http::Response& response, const mail::MemoryMailer& mailer) {
  if (!is_local_authority(request.authority))
    co_return fail(errors::inbox_wrong_host, "This page is for localhost, or an IP address.");
  const std::vector<mail::Message> kept = mailer.kept();
  const bool wants_html = request.query.starts_with(html_parameter);
  if (!wants_html && !request.query.starts_with(id_parameter)) {
    answer(response, list_page(kept), page_policy);
    co_return Result<>{};
  }
  const std::string_view left = request.query.substr(wants_html ? html_parameter.size() : id_parameter.size());
  const auto found = std::ranges::find(kept, left, [](const mail::Message& message) { return message.id.left(); });
  if (found == kept.end()) co_return fail(errors::mail_not_kept, "There is no such mail any more.");
  answer(response, wants_html ? found->html.str() : mail_page(*found), wants_html ? mail_policy : page_policy);
  co_return Result<>{};
}

}  // namespace

bool is_local_authority(std::string_view authority) {
  if (authority.starts_with('[')) return true;  // an IPv6 address
  const std::string host = ascii_lower(authority.substr(0, authority.find(':')));
  return host == "localhost" || host.ends_with(".localhost") || IpAddress::parse(host).has_value();
}

void mount_inbox(web::Routes& routes, const mail::MemoryMailer& mailer) {
  routes
      .raw(http::Method::get, path,
           [&mailer](api::Call& call, http::Request& request, http::Response& response) {
             return show(call, request, response, mailer);
           })
      .set_guard(api::open());
}

}  // namespace ashlar::backend
