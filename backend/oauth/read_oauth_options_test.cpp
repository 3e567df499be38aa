// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/read_oauth_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::backend {
namespace {

using Variables = std::map<std::string, std::string>;

const Variables google = {{"GOOGLE_CLIENT_ID", "id"},
                          {"GOOGLE_CLIENT_SECRET", "secret"},
                          {"GOOGLE_REDIRECT_URI", "https://api.example/api/auth/oauth/google/callback"}};

Variables provider(const std::string& name, const std::string& issuer = "https://login.example/realms/a") {
  return {{"OIDC_" + name + "_ISSUER", issuer},
          {"OIDC_" + name + "_CLIENT_ID", "id"},
          {"OIDC_" + name + "_CLIENT_SECRET", "secret"},
          {"OIDC_" + name + "_REDIRECT_URI", "https://api.example/callback"}};
}
Variables operator+(Variables a, const Variables& b) {
  for (const auto& [name, value] : b) a[name] = value;
  return a;
}

std::string faults(const Variables& variables, UrlSchemes urls = UrlSchemes::https) {
  config::Environment env(variables);
  (void)read_oauth_options(env, urls);
  std::string out;
  for (const auto& fault : env.faults()) out += (out.empty() ? "" : " ") + fault.variable;
  return out;
}

TEST(OauthOptions, RefuseWithTheVariablesName) {
  const std::vector<std::pair<Variables, std::string>> rows = {
      {{{"GOOGLE_CLIENT_ID", "id"}}, "GOOGLE_CLIENT_SECRET GOOGLE_REDIRECT_URI"},
      {google + Variables{{"GOOGLE_CLIENT_ID", ""}}, "GOOGLE_CLIENT_ID"},
      {google + Variables{{"GOOGLE_REDIRECT_URI", "http://api.example/callback"}}, "GOOGLE_REDIRECT_URI"},
      {google + Variables{{"GOOGLE_REDIRECT_URI", "/callback"}}, "GOOGLE_REDIRECT_URI"},
      {google + Variables{{"GOOGLE_REDIRECT_URI", "https://api.example/callback#x"}}, "GOOGLE_REDIRECT_URI"},
      {{{"OIDC_A_CLIENT_ID", "id"}}, "OIDC_A_ISSUER OIDC_A_CLIENT_SECRET OIDC_A_REDIRECT_URI"},
      {provider("A", "http://login.example"), "OIDC_A_ISSUER"},
      {provider("A", "login.example"), "OIDC_A_ISSUER"},
      {provider("A", "https://login.example/?x=1"), "OIDC_A_ISSUER"},
      {provider("a"), "OIDC_a_ISSUER"},
      {provider("A__B"), "OIDC_A__B_ISSUER"},
      {provider("_A"), "OIDC__A_ISSUER"},
      {provider(std::string(65, 'A')), "OIDC_" + std::string(65, 'A') + "_ISSUER"},
      {google + provider("GOOGLE"), "OIDC_GOOGLE_ISSUER"},
      {{{"OAUTH_RETURN_URLS", "https://app.example/,/there"}}, "OAUTH_RETURN_URLS"},
      {{{"OAUTH_RETURN_URLS", "http://app.example/"}}, "OAUTH_RETURN_URLS"},
      {{{"OAUTH_RETURN_URLS", "https://app.example/#/signed-in"}}, "OAUTH_RETURN_URLS"}};
  for (const auto& [variables, names] : rows) EXPECT_EQ(faults(variables), names);
}

TEST(OauthOptions, ReadGoogleAndOthers) {
  config::Environment env(google + provider("MY_COMPANY_2") +
                          Variables{{"OAUTH_RETURN_URLS", "https://app.example/a, http://localhost:5173/"}});
  const OauthOptions options = read_oauth_options(env, UrlSchemes::https);
  EXPECT_EQ(env.report(), "");
  ASSERT_EQ(options.providers.size(), 2U);
  EXPECT_EQ(options.providers[0].name, "google");
  EXPECT_EQ(options.providers[0].issuer, "https://accounts.google.com");
  EXPECT_EQ(options.providers[1].name, "my-company-2");
  EXPECT_EQ(options.providers[1].issuer, "https://login.example/realms/a");
  EXPECT_EQ(options.providers[1].client_secret, "secret");
  EXPECT_THAT(options.return_urls, testing::ElementsAre("https://app.example/a", "http://localhost:5173/"));
}

TEST(OauthOptions, PlainHttpIsForDevelopmentAndThisMachine) {
  EXPECT_EQ(faults(provider("A", "http://login.example"), UrlSchemes::http_too), "");
  EXPECT_EQ(faults(provider("A", "http://127.0.0.1:8080/realms/a")), "");
}

}  // namespace
}  // namespace ashlar::backend
