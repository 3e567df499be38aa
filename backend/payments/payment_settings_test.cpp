// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/payment_settings.hpp"

#include "ashlar/config/environment.hpp"
#include "backend/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::backend {
namespace {

using Variables = std::map<std::string, std::string>;
using Provider = PaymentSettings::Provider;

struct Outcome {
  PaymentSettings payments;
  std::vector<std::string> faulty;
};

Outcome read(const Variables& variables, Stage stage) {
  config::Environment env(variables);
  Settings settings;
  settings.stage = stage;
  read_payments(env, settings);
  Outcome out{.payments = std::move(settings.payments), .faulty = {}};
  for (const auto& fault : env.faults()) out.faulty.push_back(fault.variable);
  return out;
}

TEST(PaymentSettings, Refuse) {
  const Variables stripe = {
      {"PAYMENT_PROVIDER", "stripe"}, {"STRIPE_API_KEY", "sk_1"}, {"STRIPE_WEBHOOK_SECRET", "whsec_1"}};
  const auto with = [&](const std::string& name, const std::string& value) {
    Variables out = stripe;
    out[name] = value;
    return out;
  };
  const struct {
    Variables variables;
    Stage stage;
    std::string faulty;
  } table[] = {
      {{{"PAYMENT_PROVIDER", "paypal"}}, Stage::development, "PAYMENT_PROVIDER"},
      {{{"PAYMENT_PROVIDER", "development"}}, Stage::production, "PAYMENT_PROVIDER"},
      {with("STRIPE_API_KEY", ""), Stage::development, "STRIPE_API_KEY"},
      {with("STRIPE_API_KEY", "sk 1"), Stage::development, "STRIPE_API_KEY"},
      {with("STRIPE_WEBHOOK_SECRET", ""), Stage::development, "STRIPE_WEBHOOK_SECRET"},
      {with("STRIPE_API_BASE", "stripe"), Stage::development, "STRIPE_API_BASE"},
      {with("STRIPE_API_BASE", "https://api.stripe.com/?v=1"), Stage::development, "STRIPE_API_BASE"},
      {with("STRIPE_API_BASE", "http://stripe.example"), Stage::production, "STRIPE_API_BASE"},
  };
  for (const auto& [variables, stage, faulty] : table)
    EXPECT_THAT(read(variables, stage).faulty, testing::ElementsAre(faulty)) << faulty;
}

TEST(PaymentSettings, OfProductionHaveNoProviderByDefault) {
  EXPECT_EQ(read({}, Stage::development).payments.provider, Provider::development);
  EXPECT_EQ(read({}, Stage::production).payments.provider, Provider::none);
}

TEST(PaymentSettings, TakeWhatIsGiven) {
  const auto given = read({{"PAYMENT_PROVIDER", "stripe"},
                           {"STRIPE_API_KEY", "sk_1"},
                           {"STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old"},
                           {"STRIPE_API_BASE", "http://127.0.0.1:12111/"}},
                          Stage::production);
  EXPECT_THAT(given.faulty, testing::IsEmpty()) << "this machine needs no TLS";
  EXPECT_EQ(given.payments.provider, Provider::stripe);
  EXPECT_EQ(given.payments.stripe.api_key, "sk_1");
  EXPECT_EQ(given.payments.stripe.api_base, "http://127.0.0.1:12111");
  EXPECT_THAT(given.payments.stripe_webhook_secrets, testing::ElementsAre("whsec_new", "whsec_old"));
}

}  // namespace
}  // namespace ashlar::backend
