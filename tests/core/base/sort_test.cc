// SPDX-License-Identifier: Apache-2.0
#include "core/base/sort.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace webhlo {
namespace {

// A key, and where it stood.
using Item = std::pair<uint32_t, uint32_t>;

TEST_CASE("sort: lists of every length, and equal elements keep their order") {
  std::mt19937 random(3);
  const auto less = [](const Item& a, const Item& b) { return a.first < b.first; };
  for (uint32_t size = 0; size < 300; ++size) {
    for (const uint32_t keys : {1u, 3u, 1000u}) {
      std::vector<Item> list;
      for (uint32_t i = 0; i < size; ++i) list.emplace_back(random() % keys, i);
      std::vector<Item> expected = list;
      std::stable_sort(expected.begin(), expected.end(), less);
      Sort(list, less);
      CHECK(list == expected);
      std::reverse(list.begin(), list.end());
      expected = list;
      std::stable_sort(expected.begin(), expected.end(), less);
      Sort(list, less);
      CHECK(list == expected);
    }
  }
}

TEST_CASE("sort: a list is compared about as often as it must be") {
  for (const uint32_t size : {2u, 31u, 100u, 1000u}) {
    std::vector<uint32_t> list;
    for (uint32_t i = 0; i < size; ++i) list.push_back(i * 7919 % size);
    uint32_t compared = 0, halvings = 0;
    while (size >> halvings > 0) ++halvings;
    Sort(list, [&](uint32_t a, uint32_t b) { return ++compared, a < b; });
    CHECK(std::is_sorted(list.begin(), list.end()));
    CHECK(compared <= size * (halvings + 1));
  }
}

}  // namespace
}  // namespace webhlo
