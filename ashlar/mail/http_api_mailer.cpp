// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/http_api_mailer.hpp"

#include "ashlar/core/parse.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ashlar::mail {

namespace {

constexpr std::int64_t retry_after_seconds_max = 24 * 60 * 60;
constexpr std::size_t shown_max = 200;  // bytes of an answer in the log
constexpr std::size_t answer_bytes_max = 64 * 1024;

// RFC 5322 section 3.4 with the name as a quoted string: the API parses it.
std::string mailbox_text(const Mailbox& mailbox) {
  if (mailbox.name.view().empty()) return mailbox.address.str();
  std::string out = "\"";
  for (const char c : mailbox.name.view()) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\" <" + mailbox.address.str() + ">";
}

void append_member(std::string_view name, std::string_view value, std::string& out) {
  out += out.ends_with('{') ? "" : ",";
  schema::write_json_string(name, out);
  out += ':';
  schema::write_json_string(value, out);
}

std::string body_of(const Message& message) {
  std::string out = "{";
  append_member("from", mailbox_text(message.from), out);
  append_member("to", mailbox_text(message.to), out);
  append_member("subject", message.subject.view(), out);
  append_member("text", message.text.view(), out);
  append_member("html", message.html.view(), out);
  out += ",\"headers\":{";
  append_member("Message-ID", "<" + message.id.str() + ">", out);
  append_member("Auto-Submitted", "auto-generated", out);
  if (message.unsubscribe) {
    append_member("List-Unsubscribe", "<" + message.unsubscribe->str() + ">", out);
    append_member("List-Unsubscribe-Post", "List-Unsubscribe=One-Click", out);
  }
  return out += "}}";
}

// One line of printable ASCII, for the log.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, shown_max));
  std::ranges::replace_if(out, [](char c) { return c < ' ' || c > '~'; }, ' ');
  return out;
}

Error error_of(const http::ClientResponse& response) {
  const bool permanent = response.status == 400 || response.status == 413 || response.status == 422;
  Error out = Error(permanent ? errors::rejected : errors::unavailable, "The mail was not sent.")
                  .with_cause("the mail API answered " + std::to_string(response.status) + ": " + shown(response.body));
  const auto delay = parse_integer<std::int64_t>(response.fields.get("Retry-After"));
  if (!delay || *delay < 0) return out;
  return std::move(out).with_retry_after(std::chrono::seconds{std::min(*delay, retry_after_seconds_max)});
}

bool was_not_sent(const Error& error) {
  namespace codes = http::client_errors;
  return error.code() == codes::overloaded || error.code() == codes::unresolved || error.code() == codes::unreachable ||
         error.code() == codes::tls_failed;
}

}  // namespace

HttpApiMailer::HttpApiMailer(http::Client& client, HttpApiOptions options)
    : client_(client), options_(std::move(options)) {
  const auto url = http::RequestUrl::parse(options_.url);
  if (!url) throw std::invalid_argument("the mail API's URL is none: " + url.error().message());
  const auto& origin = url->origin();
  const bool is_local = origin.host == "localhost" || origin.host == "127.0.0.1" || origin.host == "::1";
  if (origin.scheme != http::Scheme::https && !is_local)
    throw std::invalid_argument("the mail API's URL is not https: the key would be readable on the way");
  http::ClientFields probe;
  if (options_.api_key.empty() || !probe.add("Authorization", "Bearer " + options_.api_key))
    throw std::invalid_argument("the mail API's key is empty or no header field");
}

Task<Result<>> HttpApiMailer::send(Message message) {
  http::ClientRequest request{.method = http::Method::post,
                              .url = options_.url,
                              .body = body_of(message),
                              .egress = http::EgressPolicy::operator_configured(),
                              .repeat = http::Repeat::allowed,  // by the Idempotency-Key below
                              .response_body_bytes_max = answer_bytes_max};
  co_await unwrap(request.fields.add("Authorization", "Bearer " + options_.api_key));
  co_await unwrap(request.fields.add("Content-Type", "application/json"));
  co_await unwrap(request.fields.add("Idempotency-Key", message.id.view()));
  const auto response = co_await client_.send(std::move(request), options_.send_time_max);
  if (response && response->status >= 200 && response->status < 300) co_return Result<>{};
  if (response) co_return std::unexpected(error_of(*response));
  const Error& error = response.error();
  co_return std::unexpected(
      Error(was_not_sent(error) ? errors::unavailable : errors::outcome_unknown, "The mail was not sent.")
          .with_cause(std::string(error.code().name) + ": " + error.cause()));
}

}  // namespace ashlar::mail
