// SPDX-License-Identifier: Apache-2.0
#include "core/base/task.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace webhlo {
namespace {

// A clock that tests move: by `tick_ms` at every look.
double now_ms = 0, tick_ms = 0;
double TestClock() { return now_ms += tick_ms; }

// Tells when it goes.
struct Guard {
  Guard(std::string* t, char n) : trace(t), name(n) {}
  ~Guard() { *trace += name; }
  std::string* trace;
  char name;
};

Task Work(Budget& budget, int units, std::string* trace) {
  const Guard guard(trace, 'w');
  for (int i = 0; i < units; ++i) co_await budget.Spend(1);
}

Task Twice(Budget& budget, int units, std::string* trace) {
  const Guard guard(trace, 't');
  co_await Work(budget, units, trace);
  *trace += '+';
  co_await Work(budget, units, trace);
}

// Fails n levels deep.
Task Fail(int depth, std::string* trace) {
  const Guard guard(trace, static_cast<char>('0' + depth));
  Task next = depth == 0 ? Task(InvalidArgument("no")) : Fail(depth - 1, trace);
  co_await std::move(next);
  *trace += "never";
}

TEST_CASE("a task does nothing before it is resumed, and what it owns goes when it ends") {
  Budget budget;
  std::string trace;
  Task task = Twice(budget, 3, &trace);
  CHECK(trace.empty());
  CHECK(task.Resume());
  CHECK(task.status().ok());
  CHECK(trace == "w+wt");
  CHECK(budget.spent() == 6);
}

TEST_CASE("it pauses when the slice is over, as deep as it is, and goes on there") {
  std::string trace;
  tick_ms = 1;
  Budget budget(TestClock, /*between_looks=*/10);
  Task task = Twice(budget, 100, &trace);
  int slices = 0;
  do {
    ++slices;
    budget.StartSlice(4);  // Looks every eleven units, and once more where the last slice ended.
  } while (!task.Resume());
  CHECK(slices == 6);
  CHECK(trace == "w+wt");
  CHECK(budget.spent() == 200);
}

TEST_CASE("to destroy a paused task is to cancel it") {
  std::string trace;
  tick_ms = 0;
  Budget budget(TestClock, 0);
  budget.StartSlice(0);
  {
    Task task = Twice(budget, 3, &trace);
    CHECK(!task.Resume());
    CHECK(trace.empty());
  }
  CHECK(trace == "wt");
  trace.clear();
  Task task = Twice(budget, 3, &trace);
  CHECK(!task.Resume());
  task = Task();
  CHECK(trace == "wt");
}

TEST_CASE("an error ends all tasks around it") {
  std::string trace;
  Task task = Fail(3, &trace);
  CHECK(task.Resume());
  CHECK(task.status().message() == "no");
  CHECK(trace == "0123");
}

TEST_CASE("a function may answer at once instead of being a coroutine") {
  std::string trace;
  const auto check = [](int value) -> Task {
    if (value < 0) return InvalidArgument("negative");
    return OkStatus();
  };
  const auto outer = [&]() -> Task {
    co_await check(1);
    trace += 'a';
    co_await check(-1);
    trace += 'b';
  };
  CHECK(RunToEnd(outer()).message() == "negative");
  CHECK(trace == "a");
}

TEST_CASE("a limit on work, a deadline, and a task that must end in one go") {
  std::string trace;
  tick_ms = 0;
  Budget limited(TestClock, 10);
  limited.Limit(50);
  CHECK(RunToEnd(Work(limited, 1000, &trace)).code() == StatusCode::kCancelled);
  CHECK(limited.spent() == 55);
  limited.Limit(50);
  CHECK(RunToEnd(Work(limited, 40, &trace)).ok());

  Budget late(TestClock, 10);
  late.StartSlice(100, 5);
  CHECK(!late.late());
  CHECK(RunToEnd(Work(late, 1000, &trace)).ok());
  now_ms += 5;
  CHECK(late.late());
  CHECK(RunToEnd(Work(late, 1000, &trace)).code() == StatusCode::kCancelled);
}

}  // namespace
}  // namespace webhlo
