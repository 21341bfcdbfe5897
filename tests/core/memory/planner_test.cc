// SPDX-License-Identifier: Apache-2.0
#include "core/memory/planner.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>

#include "tests/sanitizers.h"

namespace webhlo {
namespace {

MemoryValue Value(int64_t size, int32_t first, int32_t last, int32_t in_place_of = -1) {
  return {size, first, last, in_place_of};
}

MemoryPlan MustPlan(const std::vector<MemoryValue>& values) {
  Result<MemoryPlan> plan = PlanMemory(values);
  REQUIRE(plan.ok());
  return std::move(*plan);
}

// Every pair of values that live at the same step is apart, unless one was allowed to lie on the
// other.
void CheckSound(const std::vector<MemoryValue>& values, const MemoryPlan& plan) {
  REQUIRE(plan.offsets.size() == values.size());
  CHECK(plan.arena_size >= plan.lower_bound);
  for (size_t i = 0; i < values.size(); ++i) {
    const MemoryValue& a = values[i];
    REQUIRE(plan.offsets[i] >= 0);
    REQUIRE(plan.offsets[i] % 64 == 0);
    REQUIRE((a.size == 0 || plan.offsets[i] + a.size <= plan.arena_size));
    for (size_t j = 0; j < i; ++j) {
      const MemoryValue& b = values[j];
      if (a.first > b.last || b.first > a.last || a.size == 0 || b.size == 0) continue;
      const bool apart = plan.offsets[i] + a.size <= plan.offsets[j] ||
                         plan.offsets[j] + b.size <= plan.offsets[i];
      if (apart) continue;
      const bool in_place = (a.in_place_of == static_cast<int32_t>(j) && a.first == b.last &&
                             plan.offsets[i] == plan.offsets[j]) ||
                            (b.in_place_of == static_cast<int32_t>(i) && b.first == a.last &&
                             plan.offsets[i] == plan.offsets[j]);
      REQUIRE(in_place);
    }
  }
}

TEST_CASE("planner: empty, and values of no size") {
  CHECK(MustPlan({}).arena_size == 0);
  const MemoryPlan plan = MustPlan({Value(0, 0, 5), Value(0, 1, 2)});
  CHECK(plan.arena_size == 0);
  CHECK(plan.lower_bound == 0);
}

TEST_CASE("planner: a chain needs two buffers, in place one") {
  const std::vector<MemoryValue> chain = {Value(100, 0, 1), Value(100, 1, 2), Value(100, 2, 3),
                                          Value(100, 3, 4)};
  CHECK(MustPlan(chain).arena_size == 2 * 128);
  std::vector<MemoryValue> in_place = chain;
  for (int i = 1; i < 4; ++i) in_place[i].in_place_of = i - 1;
  const MemoryPlan plan = MustPlan(in_place);
  CHECK(plan.arena_size == 128);
  CHECK(plan.lower_bound == 128);
}

TEST_CASE("planner: in place only when the other dies there, and only for one") {
  const MemoryPlan alive = MustPlan({Value(64, 0, 2), Value(64, 1, 3, 0)});
  CHECK(alive.arena_size == 128);
  const MemoryPlan two = MustPlan({Value(64, 0, 1), Value(64, 1, 3, 0), Value(64, 1, 3, 0)});
  CHECK(two.arena_size == 128);
  CHECK(two.offsets[1] == two.offsets[0]);
}

TEST_CASE("planner: sizes beyond all memory are an error") {
  const std::vector<MemoryValue> huge(3, Value(int64_t{1} << 61, 0, 1));
  CHECK(PlanMemory(huge).status().code() == StatusCode::kOutOfMemory);
  const std::vector<MemoryValue> one(1, Value(INT64_MAX, 0, 1));
  CHECK(PlanMemory(one).status().code() == StatusCode::kOutOfMemory);
}

TEST_CASE("planner: prints") {
  const std::vector<MemoryValue> values = {Value(100, 0, 1), Value(50, 1, 2), Value(100, 2, 3),
                                           Value(100, 3, 4, 2)};
  CHECK(ToString(values, MustPlan(values)) ==
        "value 0: steps 0..1, bytes 0..100\n"
        "value 1: steps 1..2, bytes 128..178\n"
        "value 2: steps 2..3, bytes 0..100\n"
        "value 3: steps 3..4, bytes 0..100, in place of 2\n"
        "arena: 192 bytes, lower bound 192 (100 %)\n");
}

// Lifetimes as programs have them: most die at the next steps, some are read again much later.
std::vector<MemoryValue> RandomProgram(std::mt19937* random, int count, bool hints) {
  std::vector<MemoryValue> values;
  const auto pick = [&](int n) { return static_cast<int>((*random)() % n); };
  for (int i = 0; i < count; ++i) {
    const int32_t life = pick(10) == 0 ? 1 + pick(60) : 1 + pick(3);
    MemoryValue v = Value(pick(20) == 0 ? 0 : (1 + pick(64)) << (4 + pick(14)), i, i + life);
    if (hints && i > 0 && pick(3) == 0) v.in_place_of = i - 1 - pick(std::min(i, 3));
    values.push_back(v);
  }
  return values;
}

TEST_CASE("planner: random programs are sound and close to the lower bound") {
  std::mt19937 random(7);
  double worst = 1;
  double sum = 0;
  int programs = 0;
  for (int round = 0; round < 200; ++round) {
    const bool hints = round % 2 == 1;
    const std::vector<MemoryValue> values = RandomProgram(&random, 1 + round, hints);
    const MemoryPlan plan = MustPlan(values);
    CheckSound(values, plan);
    if (plan.lower_bound == 0) continue;
    const double ratio = static_cast<double>(plan.arena_size) / plan.lower_bound;
    worst = std::max(worst, ratio);
    // Offsets tied together by hints and orders can put the bound out of reach.
    if (values.size() >= 50) CHECK(ratio < (hints ? 1.3 : 1.2));
    sum += ratio;
    ++programs;
  }
  MESSAGE("arena over lower bound: mean ", sum / programs, ", worst ", worst);
  CHECK(sum / programs < 1.05);
  CHECK(worst < 1.4);  // Programs of a handful of values; a model has hundreds.
}

TEST_CASE("planner: the same answer every time, and 10000 values in milliseconds") {
  std::mt19937 random(11);
  const std::vector<MemoryValue> values = RandomProgram(&random, 10000, true);
  const auto start = std::chrono::steady_clock::now();
  const MemoryPlan plan = MustPlan(values);
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
  MESSAGE("10000 values: ", time.count(), " ms, arena / lower bound ",
          static_cast<double>(plan.arena_size) / plan.lower_bound);
  CHECK(plan.offsets == MustPlan(values).offsets);
  CHECK(plan.arena_size <= plan.lower_bound * 12 / 10);
}

TEST_CASE("planner: orders that give nothing better cost little") {
  std::mt19937 random(5);
  // Values that live long, as a cache's do, in orders that stay above the bound.
  std::vector<MemoryValue> values = RandomProgram(&random, 900, true);
  for (size_t i = 0; i < values.size(); i += 9) values[i].last += 300;
  const MemoryPlan plan = MustPlan(values);
  CheckSound(values, plan);
  CHECK(plan.arena_size > plan.lower_bound);
  CHECK(plan.arena_size <= plan.lower_bound * 105 / 100);
  CHECK(plan.pairs < 300'000);
}

// Pairs may be compared as long as that is cheap: a few for each value, or a few million.
constexpr int64_t kPairs = 5'000'000;

// As CheckSound, without looking at all pairs: walks the steps with the live ranges in order.
void CheckSoundBySteps(const std::vector<MemoryValue>& values, const MemoryPlan& plan) {
  std::vector<std::pair<int32_t, size_t>> begins, ends;
  for (size_t i = 0; i < values.size(); ++i) {
    begins.emplace_back(values[i].first, i);
    ends.emplace_back(values[i].last, i);
  }
  std::sort(begins.begin(), begins.end());
  std::sort(ends.begin(), ends.end());
  std::map<int64_t, int64_t> live;  // Begin, end.
  bool sound = true;
  for (size_t b = 0, e = 0; b < begins.size(); ++b) {
    for (; ends[e].first < begins[b].first; ++e) live.erase(plan.offsets[ends[e].second]);
    const size_t i = begins[b].second;
    const int64_t from = plan.offsets[i], to = from + values[i].size;
    const auto next = live.lower_bound(from);
    sound &= to <= plan.arena_size && (next == live.end() || to <= next->first);
    sound &= next == live.begin() || std::prev(next)->second <= from;
    live.emplace(from, to);
  }
  CHECK(sound);
}

TEST_CASE("planner: 40000 values that live together are not compared in pairs") {
  constexpr int32_t n = kSanitized ? 10000 : 40000;
  std::mt19937 random(3);
  const auto size = [&] { return int64_t{16} << (random() % 8); };
  std::vector<MemoryValue> arguments, results, both, whole;
  for (int32_t i = 0; i < n; ++i) {
    arguments.push_back(Value(size(), 0, i));
    results.push_back(Value(size(), i, n));
    whole.push_back(Value(size(), 0, n));
    both.push_back(i % 2 ? Value(size(), 0, i) : Value(size(), i, n));
  }
  for (const auto& values : {arguments, results, whole, both}) {
    const MemoryPlan plan = MustPlan(values);
    CHECK(plan.pairs < kPairs);
    CheckSoundBySteps(values, plan);
    CHECK(plan.arena_size <= plan.lower_bound * 5 / 4);
  }
}

TEST_CASE("planner: a few large values among thousands of small ones keep their tight places") {
  constexpr int32_t n = 20000;
  std::vector<MemoryValue> values;
  for (int32_t i = 0; i < n; ++i) values.push_back(Value(64, 0, i));
  for (int32_t i = 0; i < 100; ++i) values.push_back(Value(1 << 20, i, i + 1));
  const MemoryPlan plan = MustPlan(values);
  CHECK(plan.pairs < kPairs);
  CheckSoundBySteps(values, plan);
  CHECK(plan.arena_size <= plan.lower_bound * 101 / 100);
}

TEST_CASE("planner: a long chain of values in place of each other is one block") {
  constexpr int32_t n = 40000;
  std::vector<MemoryValue> values;
  for (int32_t i = 0; i < n; ++i) values.push_back(Value(256, i, i + 1, i - 1));
  const MemoryPlan plan = MustPlan(values);
  CHECK(plan.pairs < kPairs);
  CHECK(plan.arena_size == 256);
}

}  // namespace
}  // namespace webhlo
