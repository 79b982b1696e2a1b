#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/iothub/quota.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/unit/iothub/recording_transport.hpp"

namespace fwctl::iothub {
namespace {

using namespace std::chrono_literals;
using test::FakeClock;

TEST(Quota, IsThatOfTheTierAndItsUnits) {
  EXPECT_EQ(per_minute({"S1", 1}, Operation::queries), 20);
  EXPECT_EQ(per_minute({"S2", 3}, Operation::queries), 60);
  EXPECT_EQ(per_minute({"S3", 1}, Operation::queries), 1000);
  EXPECT_EQ(per_minute({"S1", 9}, Operation::twin_reads), 6000) << "of the hub, whatever its units";
  EXPECT_EQ(per_minute({"S2", 20}, Operation::twin_reads), 12'000);
  EXPECT_EQ(per_minute({"F1", 1}, Operation::jobs), 100);
}

TEST(Quota, KnowsWhatARequestCountsAs) {
  EXPECT_EQ(operation_of({"POST", "/devices/query?api-version=1", {}, {}}), Operation::queries);
  EXPECT_EQ(operation_of({"GET", "/twins/query?api-version=1", {}, {}}), Operation::twin_reads);
  EXPECT_EQ(operation_of({"PATCH", "/twins/a?api-version=1", {}, {}}), Operation::twin_updates);
  EXPECT_EQ(operation_of({"GET", "/jobs/v2/query?api-version=1", {}, {}}), Operation::jobs);
  EXPECT_EQ(operation_of({"PUT", "/devices/a?api-version=1", {}, {}}), Operation::registry);
}

TEST(Budget, LetsABurstThroughAndThenItsShareOfTheRate) {
  FakeClock clock;
  Budget budget(clock, {"S1", 1}, 0.5);
  budget.pace();
  int sent = 0;
  for (const auto end = clock.uptime() + 10min; clock.uptime() < end; clock.advance(1s)) {
    for (; budget.has(Operation::queries); ++sent) budget.spend(Operation::queries);
  }
  EXPECT_EQ(sent, 5 + 99) << "half a minute's worth at once, then ten a minute";
  EXPECT_EQ(budget.spent(Operation::queries), sent);
  EXPECT_TRUE(budget.has(Operation::jobs)) << "each operation has a bucket of its own";
}

TEST(Budget, OnlyCountsForOneWhoAsksOnce) {
  FakeClock clock;
  Budget budget(clock, {"S1", 1}, 0.5);
  for (int i = 0; i < 1000; ++i) budget.spend(Operation::queries);
  EXPECT_TRUE(budget.has(Operation::queries));
  budget.pace();
  EXPECT_FALSE(budget.has(Operation::queries));
  clock.advance(6s);
  EXPECT_TRUE(budget.has(Operation::queries)) << "what was sent before is no debt";
}

TEST(Budget, WithoutAShareOnlyCounts) {
  FakeClock clock;
  Budget budget(clock, {"S1", 1}, std::nullopt);
  budget.pace();
  for (int i = 0; i < 1000; ++i) budget.spend(Operation::queries);
  EXPECT_TRUE(budget.has(Operation::queries));
  EXPECT_EQ(budget.spent(Operation::queries), 1000);
  EXPECT_FALSE(budget.rate(Operation::queries));
}

TEST(Budget, HalvesItsRateWhereTheHubRefusesAndTakesItBackSlowly) {
  FakeClock clock;
  Budget budget(clock, {"S1", 1}, 0.5);
  budget.pace();

  budget.refused(Operation::queries);

  EXPECT_TRUE(budget.has(Operation::queries)) << "to try again";
  budget.spend(Operation::queries);
  EXPECT_FALSE(budget.has(Operation::queries)) << "no burst is left";
  EXPECT_EQ(budget.rate(Operation::queries), 5);
  EXPECT_EQ(budget.rate(Operation::jobs), 50) << "which was not refused";
  EXPECT_EQ(budget.wait_for(Operation::queries), 12s);
  clock.advance(5min);
  EXPECT_DOUBLE_EQ(*budget.rate(Operation::queries), 7.5);
  for (int i = 0; i < 10; ++i) budget.refused(Operation::queries);
  EXPECT_EQ(budget.rate(Operation::queries), 1.25) << "never nothing";
  clock.advance(20min);
  EXPECT_EQ(budget.rate(Operation::queries), 10);
}

TEST(BudgetTransport, GivesWayWhereTheHubRefusesForWantOfRoomAlone) {
  FakeClock clock;
  Budget budget(clock, {"S1", 1}, 0.5);
  std::vector<HttpRequest> sent;
  const auto refusal = [](const HttpRequest& request) -> HttpResponse {
    const bool is_job = request.target.starts_with("/jobs");
    return {429, {{"iothub-errorcode", is_job ? "ThrottlingMaxActiveJobCountExceeded" : "ThrottlingException"}}, "{}"};
  };
  const auto transport = with_budget(std::make_unique<test::RecordingTransport>(sent, refusal), clock, budget);

  transport->send({{"POST", "/devices/query?api-version=1", {}, {}}});
  transport->send({{"PUT", "/jobs/v2/j?api-version=1", {}, {}}});

  EXPECT_EQ(budget.rate(Operation::queries), 5);
  EXPECT_EQ(budget.rate(Operation::jobs), 50) << "a slot that is taken says nothing of the rate";
}

TEST(BudgetTransport, HoldsARequestBackUntilThereIsRoom) {
  FakeClock clock;
  Budget budget(clock, {"S1", 1}, 0.5);
  budget.pace();
  std::vector<HttpRequest> sent;
  const auto transport = with_budget(std::make_unique<test::RecordingTransport>(sent), clock, budget);
  for (int i = 0; i < 7; ++i) transport->send({{"POST", "/devices/query?api-version=1", {}, {}}});

  EXPECT_EQ(sent.size(), 7U);
  EXPECT_THAT(clock.slept, testing::ElementsAre(6s, 6s));
}

}  // namespace
}  // namespace fwctl::iothub
