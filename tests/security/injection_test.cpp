// SPDX-License-Identifier: Apache-2.0
// Texts that mean something to SQL, to its patterns, to JSON or to C, in every place of every operation that takes a
// text: they are data, or refused, and nothing else. The places come from the routes themselves, so that no new one is
// forgotten.
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json_schema.hpp"
#include "ashlar/web/input_binding.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::string_literals;

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts{
      "'",
      "''",
      "\"",
      "`",
      "\\",
      "\\'",
      "\\\\'; --",
      "' or '1'='1",
      "' or 1=1 --",
      "') or ('1'='1",
      "x' and 1=(select count(*) from users) --",
      "' union select id, email, password_hash from users --",
      "'; drop table users; --",
      "'; update users set role = 'admin'; --",
      "1; delete from products",
      "'||(select password_hash from users limit 1)||'",
      "'; select pg_sleep(30); --",
      "' and 1=randomblob(1000000000) --",
      "$1",
      "$$; drop table users; $$",
      "?1",
      ":id",
      "@id",
      "%",
      "_",
      "%' or name like '%",
      "/*",
      "*/ or /*",
      "--",
      "#",
      ";",
      "null",
      "\0"s,
      "a\0' or 1=1"s,
      "line\r\nX-Injected: yes",
      "\x1b[31m\x07",
      "\xbf' or 1=1 --",  // the half of a character that eats a backslash
      "\xed\xa0\x80",     // a surrogate
      "\xc0\xa7 or 1=1",  // a quote, too long
      "\xf0\x9f\x92\xa3 \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
      "\xe2\x80\xae\xef\xbc\x87 or 1=1",  // from right to left, and a wide quote
      "\xca\xbc or 1=1",                  // a letter that looks like a quote
      "{{7*7}} ${7*7} <%= 7*7 %>",
      "<script>alert(1)</script>",
      R"({"$ne": null})",
      "../../etc/passwd",
      "%s%n%x",
      "%00' or 1=1",
      "9223372036854775808",
      "1e400",
  };
  return texts;
}

bool is_text(const std::string& text) { return is_utf8(text) && text.find('\0') == std::string::npos; }

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

// As it is, where JSON can hold it so: what is no UTF-8 stays none.
std::string json_of(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00" + percent_encoded({&c, 1}).substr(1);
    } else {
      out += c;
    }
  }
  return out + '"';
}

// Where a text occurs in a JSON document, with its quotes, and the member that contains it.
struct Place {
  std::size_t begin = 0, end = 0;
  std::string member;
};
std::vector<Place> texts_in(const std::string& json) {
  std::vector<Place> out;
  std::string member;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] != '"') continue;
    std::size_t end = i + 1;
    while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    ++end;
    if (json.substr(end).starts_with(':')) {
      member = json.substr(i + 1, end - i - 2);
    } else {
      out.push_back({i, end, member});
    }
    i = end - 1;
  }
  return out;
}

// A value, or the items of a list.
std::vector<std::string> values_at(const web::TestReply& reply, const std::string& place) {
  if (!reply.at(place).starts_with("[\"")) return {reply.at(place)};
  std::vector<std::string> out;
  for (std::size_t i = 0; reply.has(place + '/' + std::to_string(i)); ++i)
    out.push_back(reply.at(place + '/' + std::to_string(i)));
  return out;
}

class Injection : public testing::Test {
 protected:
  struct Attack {
    std::string place;  // "POST /api/products name"
    web::TestRequest request;
    std::string member;  // of the body, whose value comes back when it is taken
  };

  // Every text that a route takes, one after the other, replaced.
  std::vector<Attack> attacks_on(const web::Route& route, const std::string& text) {
    const web::InputBinding binding(route.method, route.path, route.endpoint.operation->input(), route.forms);
    const std::string line = std::string(http::to_string(route.method)) + ' ' + route.path;
    std::vector<Attack> out;
    const auto add = [&](const std::string& place, const std::string& target, const std::string& body,
                         std::string member) {
      out.push_back({line + ' ' + place, request(route.method, target, body), std::move(member)});
    };
    std::string body;
    if (binding.source() == web::InputBinding::Source::body && !binding.rest().members.empty()) {
      schema::append_example(binding.rest(), body);
      replace(body, "ada@example.com", "ada" + std::to_string(++people_) + "@example.com");
      replace(body, R"("role":"example")", R"("role":"user")");
    }
    const std::string target = filled_in(route.path, {}, {});
    for (const auto* member : binding.path_members()) {
      add(std::string(member->json_name), filled_in(route.path, member->json_name, percent_encoded(text)), body, {});
    }
    if (binding.source() == web::InputBinding::Source::query) {
      for (const auto& member : binding.rest().members)
        add(std::string(member.json_name), target + '?' + std::string(member.json_name) + '=' + percent_encoded(text),
            {}, {});
      add("the name of a parameter", target + '?' + percent_encoded(text) + "=1", {}, {});
    }
    for (const Place& place : texts_in(body)) {
      std::string changed = body;
      changed.replace(place.begin, place.end - place.begin, json_of(text));
      add(place.member, target, changed, place.member);
    }
    if (!body.empty()) add("the name of a member", target, "{" + json_of(text) + ":1," + body.substr(1), {});
    if (route.endpoint.idempotency == api::Endpoint::Idempotency::taken && is_field_value(text)) {
      add("Idempotency-Key", target, body, {});
      out.back().request.headers.emplace_back("Idempotency-Key", text);
    }
    return out;
  }

  // An example need not be accepted by what is in the database.
  static void replace(std::string& json, std::string_view what, const std::string& by) {
    if (const auto at = json.find(what); at != std::string::npos) json.replace(at, what.size(), by);
  }
  // What the server's decoder lets through.
  static bool is_field_value(const std::string& text) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  }

  web::TestRequest request(Method method, std::string target, std::string body = {}) {
    return {.method = method,
            .target = std::move(target),
            .headers = {{"Authorization", "Bearer " + admin_.token}},
            .body = std::move(body)};
  }
  // The path with what is there already in its parameters, but for one of them.
  std::string filled_in(std::string path, std::string_view parameter, const std::string& text) {
    const std::string kind = path.substr(0, path.find('/', 5));
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      const std::size_t end = path.find('}', at);
      const std::string name = path.substr(at + 1, end - at - 1);
      path.replace(at, end + 1 - at, name == parameter ? text : created(kind));
    }
    return path;
  }
  std::string created(const std::string& kind) {
    if (kind == "/api/products") return product_;
    if (kind == "/api/posts") return post_;
    if (kind == "/api/users") return victim_.id;
    return "0193508e-7b2c-7000-8000-000000000001";
  }
  std::string make(const std::string& path, const std::string& json) {
    const auto reply = backend_.as(admin_, Method::post, path, json);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.at("/data/id");
  }
  // What no attack may have changed.
  std::string bystanders() {
    return backend_.as(admin_, Method::get, "/api/users/" + bystander_.id).body +
           backend_.client().get("/api/products/" + untouched_).body;
  }

  TestBackend backend_;
  Person admin_ = backend_.admin();
  Person victim_ = backend_.person("victim");
  Person bystander_ = backend_.person("bystander");
  std::string product_ = make("/api/products", R"({"name": "Desk", "price": "1.00", "stock": 1000})");
  std::string post_ = make("/api/posts", R"({"title": "t", "content": "c"})");
  std::string untouched_ = make("/api/products", R"({"name": "Lamp", "price": "2.00", "stock": 3})");
  int people_ = 0;
};

TEST_F(Injection, EveryTextOfEveryOperationIsDataAndNothingElse) {
  const std::string before = bystanders();
  std::set<std::string> places, taken;
  for (const std::string& text : hostile_texts()) {
    for (const auto& route : backend_.application().app().routes()) {
      if (!route->has_operation()) continue;
      for (const Attack& attack : attacks_on(*route, text)) {
        places.insert(attack.place);
        const auto reply = backend_.client().send(attack.request);
        EXPECT_LT(reply.status, 500) << attack.place << ": " << json_of(text) << '\n' << reply.body;
        if (reply.status >= 300) continue;
        if (route->endpoint.name == "logout") admin_ = backend_.admin();  // it ended the session that the attack used
        taken.insert(attack.place);
        EXPECT_TRUE(attack.member.empty() || is_text(text)) << attack.place << ": " << json_of(text);
        const std::string kept = "/data/" + attack.member;
        if (attack.member.empty() || !reply.has(kept)) continue;
        EXPECT_THAT(values_at(reply, kept), testing::Contains(text)) << attack.place;
      }
    }
  }
  EXPECT_EQ(bystanders(), before);
  EXPECT_EQ(backend_.as(admin_, Method::get, "/api/users?search=victim").at("/pagination/total"), "0")
      << "its name was changed, like everything of its";
  for (const char* place : {"POST /api/auth/register name", "POST /api/posts content", "PATCH /api/users/{id} name",
                            "GET /api/products search", "GET /api/products category", "GET /api/users search",
                            "PATCH /api/products/{id} description", "PATCH /api/users/me name",
                            "POST /api/products tags", "GET /api/products tag"})
    EXPECT_TRUE(taken.contains(place)) << place << ": the text never came as far as the database";
  for (const char* place :
       {"POST /api/auth/login password", "POST /api/orders Idempotency-Key", "POST /api/orders productId",
        "DELETE /api/posts/{id} id", "GET /api/orders sort", "POST /api/auth/refresh refreshToken",
        "DELETE /api/auth/sessions/{id} id", "GET /api/posts cursor"})
    EXPECT_TRUE(places.contains(place)) << place;
}

TEST_F(Injection, HeadersAreDataAndNothingElse) {
  const std::string before = bystanders();
  const std::string login = R"({"email": "bystander@example.com", "password": "a long password"})";
  const std::string order = R"({"items": [{"productId": ")" + product_ + R"(", "quantity": 1}]})";
  for (const std::string& text : hostile_texts()) {
    if (!is_field_value(text)) continue;
    for (const char* name : {"Authorization", "X-Access-Token", "Cookie", "User-Agent", "X-Request-Id", "traceparent",
                             "tracestate", "Accept-Encoding", "If-None-Match", "Origin", "Content-Type",
                             "X-Forwarded-For", "Forwarded", "Host", "Accept-Language"}) {
      for (const std::string& value : {text, "Bearer " + text, "accessToken=" + text, "refreshToken=" + text}) {
        const auto reply = backend_.client().send(
            {.method = Method::get, .target = "/api/users/me", .headers = {{name, value}}, .body = {}});
        EXPECT_EQ(reply.status, 401) << name << ": " << value;
      }
    }
    backend_.clock().advance(std::chrono::milliseconds{1});
    auto signing_in = request(Method::post, "/api/auth/login", login);
    signing_in.headers = {{"User-Agent", text}};
    const auto signed_in = backend_.client().send(signing_in);
    EXPECT_EQ(signed_in.status, 200) << text;
    Person again = bystander_;
    again.token = signed_in.at("/data/accessToken");
    const auto sessions = backend_.as(again, Method::get, "/api/auth/sessions?limit=1");
    EXPECT_EQ(sessions.status, 200);
    if (is_text(text)) EXPECT_EQ(sessions.at("/data/0/clientAgent"), text);

    auto ordering = request(Method::post, "/api/orders", order);
    ordering.headers.emplace_back("Idempotency-Key", text);
    const auto ordered = backend_.client().send(ordering);
    EXPECT_TRUE(ordered.status == 201 || ordered.status == 422) << ordered.body;
    if (ordered.status == 201) EXPECT_EQ(backend_.client().send(ordering).body, ordered.body) << "it is that very key";
  }
  EXPECT_EQ(bystanders(), before);
}

TEST_F(Injection, WhatASearchLooksForIsTakenLiterally) {
  const std::vector<std::string> names{"100% wool", "100 wool", "a_b",    "aXb", R"(back\slash)",
                                       "backslash", "O'Neill",  "ONeill", "*",   "[a-z]"};
  for (const std::string& name : names)
    make("/api/products", R"({"name": )" + json_of(name) + R"(, "price": "1.00", "category": )" + json_of(name) + "}");
  struct Case {
    std::string search;
    std::string found;
  };
  for (const auto& [search, found] : std::vector<Case>{{"%", "100% wool"},
                                                       {"0%", "100% wool"},
                                                       {"_", "a_b"},
                                                       {"a_b", "a_b"},
                                                       {"\\", R"(back\slash)"},
                                                       {"K\\S", R"(back\slash)"},
                                                       {"'", "O'Neill"},
                                                       {"*", "*"},
                                                       {"[", "[a-z]"}}) {
    const auto reply = backend_.client().get("/api/products?search=" + percent_encoded(search));
    EXPECT_EQ(reply.at("/pagination/total"), "1") << search;
    EXPECT_EQ(reply.at("/data/0/name"), found) << search;
  }
  EXPECT_EQ(backend_.client().get("/api/products?search=%25%25").at("/pagination/total"), "0");
  EXPECT_EQ(backend_.client().get("/api/products?category=%25").at("/pagination/total"), "0");
  EXPECT_EQ(backend_.client().get("/api/products?category=a_b").at("/pagination/total"), "1");
  for (const char* search : {"%25", "_", "\\", "%27"})
    EXPECT_EQ(backend_.as(admin_, Method::get, "/api/users?search="s + search).at("/pagination/total"), "0") << search;
}

}  // namespace
}  // namespace ashlar::test
