// A program of its own, because it replaces the one operator new to count what is not freed yet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/support/run_fwctl.hpp"

namespace {

std::atomic<std::ptrdiff_t> live{0};

}  // namespace

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  ++live;
  return memory;
}

void operator delete(void* memory) noexcept {
  if (memory != nullptr) --live;
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace fwctl::cli {
namespace {

using namespace std::chrono_literals;
using test::FlakyHub;
using test::run_fwctl;

/// Watches that last for hours, beside the hub that they ask. Once the job is over for the hub, too, one hour is like
/// the other: tokens are renewed, and whatever is kept for a minute or for ten looks is dropped.
class Growth : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  Growth() {
    hub_.clock.on_sleep = [this] {
      hub_.run_due();
      hub_.requests.clear();
      std::ptrdiff_t& most = most_in_hour_.at(static_cast<std::size_t>(hub_.clock.uptime() / 1h));
      most = std::max<std::ptrdiff_t>(most, live);
    };
  }

  void add_chillers(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string id = fmt::format("chiller-{}", i);
      hub_.create_device(id, {{"devicetype", "chiller"}});
      hub_.report(hub_.connect(id), {{"firmware", {{"currentFwVersion", "1.0.0"}, {"fwUpdateStatus", "downloading"}}}});
    }
  }

  void watch() {
    std::vector<std::string> arguments = GetParam();
    arguments.insert(arguments.end(), {"--interval", "10s", "--device-timeout", "1d", "--timeout", "4h"});
    ASSERT_EQ(run_fwctl(hub_, arguments).code, ExitCode::deadline_passed);
  }

  FlakyHub hub_;
  std::array<std::ptrdiff_t, 5> most_in_hour_{};  // an element allocated later would count itself
};

TEST_P(Growth, IsNoneOverHours) {
  for (const int fleet : {3, 30}) {
    add_chillers(fleet);
    ASSERT_EQ(run_fwctl(hub_, {"schedule", "--fw-version", "2.8.5", "--package-uri", "https://h/p.bin", "--check-value",
                               "123456abcde", "--job-id", fmt::format("job-{}", fleet)})
                  .code,
              ExitCode::ok);
  }

  watch();

  EXPECT_GT(most_in_hour_[2], 0);
  EXPECT_EQ(most_in_hour_[3], most_in_hour_[2]);
}

INSTANTIATE_TEST_SUITE_P(Watches, Growth,
                         testing::Values(std::vector<std::string>{"status"},
                                         std::vector<std::string>{"status", "--where", "deviceId < 'chiller-2'"},
                                         std::vector<std::string>{"status", "--until-version", "2.8.5"},
                                         std::vector<std::string>{"monitor", "job-3"},
                                         std::vector<std::string>{"monitor", "job-30"}));

}  // namespace
}  // namespace fwctl::cli
