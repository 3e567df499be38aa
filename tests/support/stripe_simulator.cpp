// SPDX-License-Identifier: Apache-2.0
#include "tests/support/stripe_simulator.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/schema/json.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace ashlar::test {

namespace {

struct Answer {
  int status = 200;
  std::string body;
};

struct Intent {
  std::string id;
  std::string status;
  std::int64_t amount = 0;
  std::string currency;
  std::string payment_id, order_id;
  std::string error;  // the decline code
  std::int64_t created = 0;
  bool refunded = false;
};

struct Stored {
  std::string request;  // its path and parameters
  Answer answer;
};

std::string quoted(std::string_view text) {
  std::string out;
  schema::write_json_string(text, out);
  return out;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

void read_form(std::string_view text, std::map<std::string, std::string>& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t sign = std::min(pair.find('='), pair.size());
    out[decoded(pair.substr(0, sign))] = decoded(pair.substr(std::min(sign + 1, pair.size())));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// The value of a header field, whose name is compared without case.
std::string field(const std::string& request, std::string_view name) {
  std::size_t at = request.find("\r\n");
  const std::size_t head_end = request.find("\r\n\r\n");
  while (at < head_end) {
    const std::size_t end = request.find("\r\n", at + 2);
    const std::string line = request.substr(at + 2, end - at - 2);
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && ascii_iequals(line.substr(0, colon), name)) {
      const std::size_t begin = line.find_first_not_of(' ', colon + 1);
      return begin == std::string::npos ? "" : line.substr(begin);
    }
    at = end;
  }
  return "";
}

StripeRequest parsed(const std::string& text) {
  StripeRequest out;
  const std::size_t method_end = text.find(' ');
  const std::size_t target_end = text.find(' ', method_end + 1);
  const std::string target = text.substr(method_end + 1, target_end - method_end - 1);
  out.method = text.substr(0, method_end);
  out.path = target.substr(0, target.find('?'));
  if (target.contains('?')) read_form(target.substr(target.find('?') + 1), out.parameters);
  read_form(text.substr(text.find("\r\n\r\n") + 4), out.parameters);
  out.idempotency_key = field(text, "Idempotency-Key");
  return out;
}

std::string written(const Answer& answer, bool replayed) {
  return "HTTP/1.1 " + std::to_string(answer.status) + " X\r\nContent-Type: application/json\r\nRequest-Id: req_1\r\n" +
         (replayed ? "Idempotent-Replayed: true\r\n" : "") + "Content-Length: " + std::to_string(answer.body.size()) +
         "\r\n\r\n" + answer.body;
}

Answer error(int status, std::string_view type, std::string_view code, std::string_view message,
             const std::string& more = {}) {
  return {status, R"({"error":{"type":)" + quoted(type) + R"(,"code":)" + quoted(code) + R"(,"message":)" +
                      quoted(message) + more + "}}"};
}

std::string json_of(const Intent& intent) {
  const std::string last_error = intent.error.empty()
                                     ? "null"
                                     : R"({"type":"card_error","code":"card_declined","decline_code":)" +
                                           quoted(intent.error) + R"(,"message":"Your card was declined."})";
  return R"({"id":)" + quoted(intent.id) + R"(,"object":"payment_intent","amount":)" + std::to_string(intent.amount) +
         R"(,"currency":)" + quoted(intent.currency) + R"(,"status":)" + quoted(intent.status) +
         R"(,"client_secret":)" + quoted(intent.id + "_secret_1") + R"(,"created":)" + std::to_string(intent.created) +
         R"(,"livemode":false,"last_payment_error":)" + last_error + R"(,"metadata":{"payment_id":)" +
         quoted(intent.payment_id) + R"(,"order_id":)" + quoted(intent.order_id) + "}}";
}

std::string hmac_of(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &size);
  return to_hex(std::as_bytes(std::span(digest).first(size)));
}

bool can_be_charged(const Intent& intent) {
  return intent.status.starts_with("requires_") || intent.status == "processing";
}

}  // namespace

struct StripeSimulator::State {
  explicit State(const Clock& its_clock) : clock(its_clock) {}

  void serve(ServerPeer& peer);
  Answer act(const StripeRequest& request);
  Answer create(const StripeRequest& request);
  Answer list(const StripeRequest& request) const;
  Answer of_intent(const StripeRequest& request);
  Answer refund(const StripeRequest& request);
  Answer confirmed(Intent& intent, const std::string& method);
  void emit(const Intent& intent, const std::string& type);
  Intent* find(const std::string& id);

  const Clock& clock;
  mutable std::mutex mutex;  // of what follows
  std::function<StripeFault(const StripeRequest&)> fault;
  std::vector<Intent> intents;
  std::map<std::string, Stored> stored;
  std::vector<std::string> events;
  std::vector<StripeRequest> seen;
  int events_made = 0;
  std::unique_ptr<ScriptedServer> server;  // the last member: its threads use the others
};

Intent* StripeSimulator::State::find(const std::string& id) {
  const auto found = std::ranges::find(intents, id, &Intent::id);
  return found == intents.end() ? nullptr : &*found;
}

void StripeSimulator::State::emit(const Intent& intent, const std::string& type) {
  events.push_back(R"({"id":"evt_)" + std::to_string(++events_made) + R"(","object":"event","type":)" + quoted(type) +
                   R"(,"created":)" + std::to_string(clock.now().seconds()) + R"(,"data":{"object":)" +
                   json_of(intent) + "}}");
}

Answer StripeSimulator::State::confirmed(Intent& intent, const std::string& method) {
  intent.error.clear();
  if (method == "pm_card_visa") {
    intent.status = "succeeded";
    emit(intent, "payment_intent.succeeded");
    return {200, json_of(intent)};
  }
  if (method == "pm_slow") {
    intent.status = "processing";
    emit(intent, "payment_intent.processing");
    return {200, json_of(intent)};
  }
  intent.status = "requires_payment_method";
  intent.error = "generic_decline";
  emit(intent, "payment_intent.payment_failed");
  return error(402, "card_error", "card_declined", "Your card was declined.",
               R"(,"decline_code":"generic_decline","payment_intent":)" + json_of(intent));
}

Answer StripeSimulator::State::create(const StripeRequest& request) {
  const auto get = [&](const char* name) {
    const auto found = request.parameters.find(name);
    return found == request.parameters.end() ? std::string() : found->second;
  };
  const auto amount = parse_integer<std::int64_t>(get("amount"));
  if (!amount || *amount < 50)
    return error(400, "invalid_request_error", "amount_too_small", "Amount must be at least 50 cents.",
                 R"(,"param":"amount")");
  intents.push_back({.id = "pi_" + std::to_string(intents.size() + 1),
                     .status = "requires_payment_method",
                     .amount = *amount,
                     .currency = get("currency"),
                     .payment_id = get("metadata[payment_id]"),
                     .order_id = get("metadata[order_id]"),
                     .error = {},
                     .created = clock.now().seconds()});
  Intent& intent = intents.back();
  emit(intent, "payment_intent.created");
  if (get("confirm") == "true") return confirmed(intent, get("payment_method"));
  return {200, json_of(intent)};
}

Answer StripeSimulator::State::list(const StripeRequest& request) const {
  const auto number = [&](const char* name, std::int64_t otherwise) {
    const auto found = request.parameters.find(name);
    return found == request.parameters.end() ? otherwise : parse_integer<std::int64_t>(found->second).value_or(-1);
  };
  const std::int64_t limit = number("limit", 10);
  const std::int64_t from = number("created[gte]", 0);
  const std::int64_t until = number("created[lte]", clock.now().seconds() + 1'000'000);
  const auto after = request.parameters.find("starting_after");
  bool reached = after == request.parameters.end();
  std::string data;
  std::int64_t count = 0;
  bool has_more = false;
  for (auto at = intents.rbegin(); at != intents.rend(); ++at) {
    if (reached && at->created >= from && at->created <= until) {
      if (count == limit) {
        has_more = true;
        break;
      }
      data += (count++ == 0 ? "" : ",") + json_of(*at);
    }
    if (!reached && at->id == after->second) reached = true;
  }
  return {200, R"({"object":"list","url":"/v1/payment_intents","has_more":)" +
                   std::string(has_more ? "true" : "false") + R"(,"data":[)" + data + "]}"};
}

Answer StripeSimulator::State::of_intent(const StripeRequest& request) {
  const std::string rest = request.path.substr(std::string("/v1/payment_intents/").size());
  const std::string id = rest.substr(0, rest.find('/'));
  const std::string verb = rest.contains('/') ? rest.substr(rest.find('/') + 1) : "";
  Intent* intent = find(id);
  if (intent == nullptr)
    return error(404, "invalid_request_error", "resource_missing", "No such payment_intent: '" + id + "'");
  if (verb.empty()) return {200, json_of(*intent)};
  const auto unexpected = [&] {
    return error(400, "invalid_request_error", "payment_intent_unexpected_state",
                 "The PaymentIntent has a status of " + intent->status + ".",
                 R"(,"payment_intent":)" + json_of(*intent));
  };
  if (verb == "cancel") {
    if (!intent->status.starts_with("requires_")) return unexpected();
    intent->status = "canceled";
    emit(*intent, "payment_intent.canceled");
    return {200, json_of(*intent)};
  }
  if (!intent->status.starts_with("requires_")) return unexpected();
  const auto method = request.parameters.find("payment_method");
  return confirmed(*intent, method == request.parameters.end() ? "" : method->second);
}

Answer StripeSimulator::State::refund(const StripeRequest& request) {
  const auto id = request.parameters.find("payment_intent");
  Intent* intent = id == request.parameters.end() ? nullptr : find(id->second);
  if (intent == nullptr) return error(404, "invalid_request_error", "resource_missing", "No such payment_intent.");
  if (intent->status != "succeeded")
    return error(400, "invalid_request_error", "payment_intent_unexpected_state", "There is no charge to refund.");
  if (intent->refunded)
    return error(400, "invalid_request_error", "charge_already_refunded", "The charge has already been refunded.");
  intent->refunded = true;
  emit(*intent, "charge.refunded");
  return {200, R"({"id":"re_)" + intent->id + R"(","object":"refund","status":"succeeded","amount":)" +
                   std::to_string(intent->amount) + R"(,"payment_intent":)" + quoted(intent->id) + "}"};
}

Answer StripeSimulator::State::act(const StripeRequest& request) {
  if (request.path == "/v1/payment_intents") return request.method == "POST" ? create(request) : list(request);
  if (request.path.starts_with("/v1/payment_intents/")) return of_intent(request);
  if (request.path == "/v1/refunds" && request.method == "POST") return refund(request);
  return error(404, "invalid_request_error", "", "Unrecognized request URL.");
}

void StripeSimulator::State::serve(ServerPeer& peer) {
  while (const auto text = peer.read_request()) {
    StripeRequest request = parsed(*text);
    Answer answer;
    bool replayed = false;
    StripeFault todo = StripeFault::none;
    {
      const std::scoped_lock lock(mutex);
      request.number = static_cast<int>(seen.size());
      seen.push_back(request);
      if (fault) todo = fault(request);
      std::string whole = request.path;
      for (const auto& [name, value] : request.parameters) whole += "&" + name + "=" + value;
      const bool keyed = request.method == "POST" && !request.idempotency_key.empty();
      const auto known = keyed ? stored.find(request.idempotency_key) : stored.end();
      if (todo == StripeFault::refused_connection) {
        // nothing
      } else if (field(*text, "Authorization") != std::string("Bearer ") + api_key) {
        answer = error(401, "invalid_request_error", "", "Invalid API Key provided.");
      } else if (todo == StripeFault::busy_409) {
        answer = error(409, "idempotency_error", "idempotency_key_in_use", "Another request holds the key.");
      } else if (todo == StripeFault::limited_429) {
        answer = error(429, "invalid_request_error", "rate_limit", "Too many requests.");
      } else if (known != stored.end()) {
        replayed = known->second.request == whole;
        answer = replayed ? known->second.answer
                          : error(400, "idempotency_error", "", "Keys can only be used with the same parameters.");
      } else {
        if (todo != StripeFault::failed_500) answer = act(request);
        if (todo == StripeFault::failed_500 || todo == StripeFault::stored_500)
          answer = error(500, "api_error", "", "An unknown error occurred.");
        if (keyed && answer.status != 401) stored[request.idempotency_key] = {whole, answer};
      }
    }
    if (todo == StripeFault::refused_connection || todo == StripeFault::lost_answer) return peer.reset();
    if (!peer.write(written(answer, replayed))) return;
  }
}

StripeSimulator::StripeSimulator(const Clock& clock) : state_(std::make_unique<State>(clock)) {
  state_->server = std::make_unique<ScriptedServer>([state = state_.get()](ServerPeer& peer) { state->serve(peer); });
}
StripeSimulator::~StripeSimulator() = default;

std::string StripeSimulator::url() const { return "http://" + state_->server->authority(); }

void StripeSimulator::set_faults(std::function<StripeFault(const StripeRequest&)> fault) {
  const std::scoped_lock lock(state_->mutex);
  state_->fault = std::move(fault);
}

void StripeSimulator::forget_keys() {
  const std::scoped_lock lock(state_->mutex);
  state_->stored.clear();
}

bool StripeSimulator::confirm(const std::string& intent, const std::string& payment_method) {
  const std::scoped_lock lock(state_->mutex);
  Intent* found = state_->find(intent);
  if (found == nullptr || !found->status.starts_with("requires_")) return false;
  state_->confirmed(*found, payment_method);
  return true;
}

void StripeSimulator::settle(const std::string& intent) {
  const std::scoped_lock lock(state_->mutex);
  Intent* found = state_->find(intent);
  if (found == nullptr || found->status != "processing") return;
  found->status = "succeeded";
  state_->emit(*found, "payment_intent.succeeded");
}

void StripeSimulator::settle_all() {
  for (const std::string& id : intents()) settle(id);
}

std::vector<std::string> StripeSimulator::take_events() {
  const std::scoped_lock lock(state_->mutex);
  return std::exchange(state_->events, {});
}

std::string StripeSimulator::signature(const std::string& event) const {
  const std::string time = std::to_string(state_->clock.now().seconds());
  return "t=" + time + ",v1=" + hmac_of(webhook_secret, time + "." + event);
}

StripeSimulator::Ledger StripeSimulator::ledger(const std::string& order) const {
  const std::scoped_lock lock(state_->mutex);
  Ledger out;
  for (const Intent& intent : state_->intents) {
    if (!order.empty() && intent.order_id != order) continue;
    ++out.intents;
    if (can_be_charged(intent)) ++out.open;
    if (intent.status != "succeeded") continue;
    ++out.charged;
    if (intent.refunded) ++out.refunded;
    if (!intent.refunded) out.charged_minor += intent.amount;
  }
  return out;
}

std::vector<std::string> StripeSimulator::intents() const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<std::string> out;
  for (const Intent& intent : state_->intents) out.push_back(intent.id);
  return out;
}

std::string StripeSimulator::status(const std::string& intent) const {
  const std::scoped_lock lock(state_->mutex);
  const Intent* found = state_->find(intent);
  return found == nullptr ? "" : found->status;
}

int StripeSimulator::requests() const {
  const std::scoped_lock lock(state_->mutex);
  return static_cast<int>(state_->seen.size());
}

std::vector<StripeRequest> StripeSimulator::seen() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->seen;
}

}  // namespace ashlar::test
