// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/payments/stripe_provider.hpp"
#include "ashlar/sql/open.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/payments/payments.hpp"
#include "backend/payments/process_payment.hpp"
#include "backend/schema_version.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/stripe_simulator.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using backend::OrderRepository;

// What a crash is here: everything that the process had in memory is gone, and its database and Stripe are not.
struct Crash {};

std::unique_ptr<sql::Database> new_database() {
  const char* kind = std::getenv("ASHLAR_TEST_DATABASE");
  const bool postgres = kind != nullptr && std::string_view(kind) == "postgres";
  auto opened = sql::open_database(postgres ? tests::PostgresServer::shared().new_database() : "sqlite::memory:");
  if (!opened) throw std::runtime_error(opened.error().cause());
  return std::move(*opened);
}

Task<Result<>> end_order(api::UnitOfWork& unit, Uuid order) {
  co_await unwrap(OrderRepository::end(unit, order));
  co_return Result<>{};
}

// Payments, their database and Stripe, without the rest of the backend. The process ends at each point of the code in
// turn, and the call at that moment has each fault in turn: an order is paid exactly once in the end, or not at all.
class PaymentCrashes : public testing::Test {
 protected:
  PaymentCrashes() {
    if (const auto migrated = backend::migrate_up(*database, clock); !migrated)
      throw std::runtime_error(migrated.error().cause());
    backend::mount_payment_jobs(table, payments);
    payments.on_point([this](std::string_view) {
      if (armed && passed++ == crash_point) throw Crash{};
    });
  }
  ~PaymentCrashes() override {
    client.close();
    database->close();
  }

  void write(const std::string& sql, std::vector<sql::Value> parameters) {
    const auto done = database->query_blocking(
        {.sql = sql, .parameters = std::move(parameters), .mode = sql::Mode::write, .on_row = {}});
    EXPECT_TRUE(done) << done.error().cause();
  }
  std::string read(const std::string& sql, Uuid id) {
    std::string out;
    const auto done = database->query_blocking(
        {.sql = sql, .parameters = {id}, .mode = sql::Mode::read, .on_row = [&](const sql::Row& row) {
           out = row.text(0);
         }});
    EXPECT_TRUE(done) << done.error().cause();
    return out;
  }
  template <class T>
  T await(Task<T> task) {
    return async::run_to_end(loop, std::move(task));
  }
  // Runs what may be ended by a crash.
  template <class F>
  void survive(F run) {
    try {
      run();
    } catch (const Crash&) {
      armed = false;
    }
  }
  void advance(Uuid payment) {
    api::SystemCall call(environment, "payments");
    (void)await(payments.advance(call, payment));
  }
  void deliver(const std::string& event) {
    api::SystemCall call(environment, "webhook");
    (void)await(payments.receive(call, payments::read_stripe_event(event).value()));
  }
  void cancel(Uuid order) {
    api::SystemCall call(environment, "cancel");
    EXPECT_TRUE(await(units.run(call, &end_order, order)));
  }
  // Lets time pass and the reconciliation run until nothing is left to do.
  void settle() {
    for (int round = 0; round < 40; ++round) {
      clock.advance(11min);
      stripe.settle_all();
      api::SystemCall call(environment, "reconciliation");
      if (await(payments.reconcile(call)).value_or(-1) == 0) return;
    }
    FAIL() << "payments do not settle";
  }

  // An order of 25.00 whose payment has begun.
  std::pair<Uuid, Uuid> begin(const std::string& card) {
    const Uuid order = Uuid::make(clock, random);
    const Uuid payment = Uuid::make(clock, random);
    write(
        "insert into orders (id, status, total, currency, created_at, updated_at, payment_id) "
        "values ($1, 'pending', 2500, 'EUR', $2, $2, $3)",
        {order, clock.now(), payment});
    write(
        "insert into payments (id, order_id, attempt, status, amount, currency, provider, idempotency_key, card, "
        "failed_refunds, checks, check_at, created_at, updated_at) "
        "values ($1, $2, 1, 'processing', 2500, 'EUR', 'stripe', $3, $4, 0, 0, $5, $6, $6)",
        {payment, order, "order-" + order.to_string() + "-1", card, clock.now() + 30s, clock.now()});
    return {order, payment};
  }
  struct Run {
    std::string card;
    int crash = 0;  // at the point of this number
    int faulty_request = 0;
    StripeFault fault = StripeFault::none;
    bool cancelled = false;
  };
  // A payment from its beginning to its end. Returns whether the crash was reached.
  bool run_once(const Run& run) {
    const auto [order, payment] = begin(run.card);
    const int first = stripe.requests();
    stripe.set_faults([=](const StripeRequest& each) {
      return each.number == first + run.faulty_request ? run.fault : StripeFault::none;
    });
    passed = 0;
    crash_point = run.crash;
    armed = true;
    survive([&] { advance(payment); });
    if (run.cancelled) cancel(order);
    survive([&] { advance(payment); });
    if (run.card.empty() && !stripe.intents().empty()) (void)stripe.confirm(stripe.intents().back(), "pm_card_visa");
    stripe.settle_all();
    auto events = stripe.take_events();
    const std::vector<std::string> again = events;
    events.insert(events.end(), again.begin(), again.end());
    std::ranges::shuffle(events, shuffling);
    for (const std::string& event : events) survive([&] { deliver(event); });
    const bool reached = passed > run.crash;
    armed = false;
    stripe.set_faults({});
    settle();
    for (const std::string& event : stripe.take_events()) deliver(event);
    settle();
    expect_settled(run, order);
    return reached;
  }
  void expect_settled(const Run& run, Uuid order) {
    const auto ledger = stripe.ledger(order.to_string());
    const std::string status = read("select status from orders where id = $1", order);
    EXPECT_EQ(ledger.open, 0) << "an intent can still be charged";
    EXPECT_EQ(ledger.charged_minor, status == "paid" ? 2'500 : 0) << status;
    if (run.cancelled) {
      EXPECT_TRUE(status == "cancelled" || status == "refunded") << status;
    } else if (run.card == "pm_card_chargeDeclined") {
      EXPECT_EQ(status, "pending");
    } else {
      EXPECT_TRUE(status == "paid" || status == "pending") << status;
    }
  }
  static std::string text_of(const Run& run) {
    return "card " + run.card + ", crash " + std::to_string(run.crash) + ", fault " +
           std::to_string(static_cast<int>(run.fault)) + " of request " + std::to_string(run.faulty_request) +
           (run.cancelled ? ", cancelled" : "");
  }

  boost::asio::io_context loop{1};
  ManualClock clock{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  SystemRandom random;
  log::Logger logger{{.level = log::Level::off}, clock};
  const api::Call::Environment environment{&clock, &random, &logger};
  StripeSimulator stripe{clock};
  std::unique_ptr<sql::Database> database = new_database();
  api::Units units{*database, {}};
  jobs::Table table;
  jobs::LocalDoorbell doorbell;
  jobs::Enqueuer enqueuer{table, doorbell};
  http::Client client{http::ClientOptions{.resolver = nullptr, .clock = nullptr}};
  payments::StripeProvider provider{client, {.api_base = stripe.url(), .api_key = StripeSimulator::api_key}};
  backend::Payments payments{units, enqueuer, &provider, {}};
  std::mt19937 shuffling{7};
  bool armed = false;
  int passed = 0;
  int crash_point = 0;
};

const std::string cards[] = {"", "pm_card_visa", "pm_card_chargeDeclined", "pm_slow"};
constexpr int fault_count = 7;

// A test for each card, so that processes can share them.
class PaymentCrashesOf : public PaymentCrashes, public testing::WithParamInterface<std::string> {};

// The points are those that the code passes: the crash moves on until a run ends without it.
TEST_P(PaymentCrashesOf, EveryPointWithEveryFaultChargeOnce) {
  int runs = 0;
  for (const bool cancelled : {false, true}) {
    for (int fault = 0; fault < fault_count; ++fault) {
      bool reached = true;
      for (int crash = 0; reached && !HasFailure(); ++crash) {
        const Run run{GetParam(), crash, crash % 3, static_cast<StripeFault>(fault), cancelled};
        SCOPED_TRACE(text_of(run));
        reached = run_once(run);
        ++runs;
      }
    }
  }
  EXPECT_GT(runs, 50);
  RecordProperty("runs", runs);
}
INSTANTIATE_TEST_SUITE_P(Each, PaymentCrashesOf, testing::ValuesIn(cards),
                         [](const auto& card) { return card.param.empty() ? "UnnamedCard" : card.param; });

// ASHLAR_TEST_PAYMENT_RUNS=10000 for what docs/design/payments.md reports.
TEST_F(PaymentCrashes, AtRandomChargeOnce) {
  const char* wanted = std::getenv("ASHLAR_TEST_PAYMENT_RUNS");
  const int runs = wanted != nullptr ? std::atoi(wanted) : 50;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  const auto below = [&](int bound) { return static_cast<int>(chance() % static_cast<unsigned>(bound)); };
  for (int i = 0; i < runs && !HasFailure(); ++i) {
    const Run run{cards[below(4)], below(14), below(4), static_cast<StripeFault>(below(fault_count)), below(3) == 0};
    SCOPED_TRACE("run " + std::to_string(i) + ": " + text_of(run));
    run_once(run);
  }
}

}  // namespace
}  // namespace ashlar::test
