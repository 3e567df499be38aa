// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/bus.hpp"

#include "ashlar/events/detail/outbox_fixture.hpp"

#include <gmock/gmock.h>

namespace ashlar::events {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BusTest : public OutboxTest {
 protected:
  Bus bus{logger};
  std::vector<std::string> calls;
};

INSTANTIATE_TEST_SUITE_P(, BusTest, testing::Values(sql::Dialect::sqlite), database_name);

Task<> keep(std::vector<std::string>* calls, std::string text) {
  calls->push_back(std::move(text));
  co_return;
}

Task<Result<>> change_and_fail(api::UnitOfWork& unit) {
  co_await unwrap(change_thing(unit, "a"));
  co_return fail(ashlar::errors::overloaded, "no");
}

struct Other {
  std::string word;
};
ASHLAR_DESCRIBE(Other, word)
constexpr EventType<Other> other_event{"thing.other"};

TEST_P(BusTest, CallsNoHandlerForAUnitThatFails) {
  bus.on_any([&](const Event& event) { return keep(&calls, event.type); });
  api::Units publishing(*database, {.listener = bus.listener()});
  EXPECT_FALSE(run(publishing.run(call, &change_and_fail)));
  EXPECT_THAT(calls, IsEmpty());
}

TEST_P(BusTest, CallsTheHandlersOfTheTypeAfterTheCommit) {
  bus.on<Changed>(changed_event, [&](const Event& event, const Changed& changed) {
    return keep(&calls, event.type + " " + changed.key + std::to_string(changed.revision));
  });
  bus.on<Other>(other_event, [&](const Event&, const Other&) { return keep(&calls, "never"); });
  bus.on_any([&](const Event& event) { return keep(&calls, "any " + event.key); });
  bus.wake_after_publish([&] { calls.emplace_back("wake"); });
  api::Units publishing(*database, {.listener = bus.listener()});
  must(run(publishing.run(call, &change_thing, std::string("b"))));
  EXPECT_THAT(calls, ElementsAre("wake", "thing.changed b1", "any b"));
}

TEST_P(BusTest, GoesOnAfterAHandlerThatThrows) {
  bus.on_any([](const Event&) -> Task<> { throw std::runtime_error("no"); });
  bus.on_any([&](const Event& event) { return keep(&calls, event.key); });
  api::Units publishing(*database, {.listener = bus.listener()});
  must(run(publishing.run(call, &change_thing, std::string("b"))));
  EXPECT_THAT(calls, ElementsAre("b"));
}

}  // namespace
}  // namespace ashlar::events
