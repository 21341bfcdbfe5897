// SPDX-License-Identifier: Apache-2.0
#include "core/threads/thread_pool.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <vector>

#include "core/threads/pthreadpool.h"

#if !defined(__EMSCRIPTEN__)
#include <chrono>
#include <thread>
#endif

namespace webhlo {
namespace {

TEST_CASE("thread pool: every piece runs once, whatever the number of threads") {
  for (int threads : {0, 1, 2, 3, 8, 1000}) {
    ThreadPool pool(threads);
    CHECK(pool.num_threads() >= 1);
    for (size_t pieces : {0, 1, 2, 3, 7, 64, 1000}) {
      std::vector<int> runs(pieces, 0);
      pool.ParallelFor(pieces, [&](size_t i) { ++runs[i]; });
      CHECK(runs == std::vector<int>(pieces, 1));
    }
  }
}

TEST_CASE("thread pool: what pieces wrote is seen after Run, over many short steps") {
  ThreadPool pool(4);
  std::vector<uint64_t> values(16, 0);
  for (uint64_t step = 1; step <= 20000; ++step) {
    // Different numbers of pieces in a row are what a stale claim would trip over.
    const size_t pieces = 2 + step % 15;
    pool.ParallelFor(pieces, [&](size_t i) { values[i] = step; });
    for (size_t i = 0; i < pieces; ++i) REQUIRE(values[i] == step);
  }
}

TEST_CASE("thread pool: thread numbers are within the pool") {
  ThreadPool pool(3);
  std::atomic<int> wrong{0};
  for (int step = 0; step < 200; ++step) {
    pool.ParallelFor(32, [&](size_t) {
      const int thread = ThreadPool::CurrentThread();
      if (thread < 0 || thread >= pool.num_threads()) ++wrong;
    });
  }
  CHECK(wrong == 0);
  CHECK(ThreadPool::CurrentThread() == 0);
}

TEST_CASE("thread pool: a hook reaches each worker once, before later tasks") {
  static thread_local int installed;
  installed = 0;
  struct Counter {
    std::atomic<int> calls{0};
  } counter;
  ThreadPool pool(4);
  installed = 2;  // The caller's own.
  for (int round = 1; round <= 2; ++round) {
    pool.AddThreadHook(
        [](void* context) {
          ++installed;
          ++static_cast<Counter*>(context)->calls;
        },
        &counter);
    std::atomic<int> missing{0};
    for (int step = 0; step < 500; ++step) {
      pool.ParallelFor(16, [&](size_t) {
        if (installed < round) ++missing;
      });
    }
    CHECK(missing == 0);
  }
  CHECK(counter.calls <= 2 * (pool.num_threads() - 1));
}

#if !defined(__EMSCRIPTEN__)
TEST_CASE("thread pool: wakes up after deep sleep; dies asleep, awake and unused") {
  for (int pause_us : {0, 200, 10000}) {
    ThreadPool pool(3);
    std::atomic<int> sum{0};
    for (int round = 0; round < 3; ++round) {
      pool.ParallelFor(8, [&](size_t i) { sum += static_cast<int>(i); });
      std::this_thread::sleep_for(std::chrono::microseconds(pause_us));
    }
    CHECK(sum == 3 * 28);
  }
  ThreadPool unused(4);
}
#endif

TEST_CASE("thread pool: many pools, more threads than cores") {
  for (int round = 0; round < 20; ++round) {
    ThreadPool pool(16);
    std::atomic<int> sum{0};
    for (int step = 0; step < 20; ++step) pool.ParallelFor(33, [&](size_t) { ++sum; });
    CHECK(sum == 20 * 33);
  }
}

// Counts how often each element of a grid is covered by the tiles of a pthreadpool call.
struct Cover {
  std::array<size_t, 6> range{1, 1, 1, 1, 1, 1};
  std::vector<std::atomic<int>> hits;
  std::atomic<int> bad_thread{0};
  size_t threads = 1;

  explicit Cover(std::array<size_t, 6> r)
      : range(r), hits(r[0] * r[1] * r[2] * r[3] * r[4] * r[5]) {}
  void Mark(std::array<size_t, 6> start, size_t tile_a, size_t tile_b, int a, int b) {
    for (size_t x = 0; x < tile_a; ++x) {
      for (size_t y = 0; y < tile_b; ++y) {
        std::array<size_t, 6> at = start;
        at[a] += x;
        at[b] += y;
        size_t linear = 0;
        for (int d = 0; d < 6; ++d) linear = linear * range[d] + at[d];
        ++hits[linear];
      }
    }
  }
  bool AllOnce() const {
    for (const auto& hit : hits) {
      if (hit != 1) return false;
    }
    return bad_thread == 0;
  }
};

TEST_CASE("pthreadpool: grids are covered once by tiles of the asked size") {
  ThreadPool three(3);
  pthreadpool crew{.num_threads = 3, .threads = &three};
  for (pthreadpool_t pool : {pthreadpool_t{nullptr}, &crew}) {
    const size_t threads = pthreadpool_get_threads_count(pool);
    CHECK(threads == (pool == nullptr ? 1 : 3));
    {
      Cover cover({1, 1, 1, 1, 1, 77});
      pthreadpool_parallelize_1d_tile_1d(
          pool,
          [](void* c, size_t i, size_t n) {
            static_cast<Cover*>(c)->Mark({0, 0, 0, 0, 0, i}, 1, n, 0, 5);
          },
          &cover, 77, 10, 0);
      CHECK(cover.AllOnce());
    }
    {
      Cover cover({1, 1, 1, 1, 13, 29});
      cover.threads = threads;
      pthreadpool_parallelize_2d_with_thread(
          pool,
          [](void* c, size_t thread, size_t i, size_t j) {
            auto* cover = static_cast<Cover*>(c);
            if (thread >= cover->threads) ++cover->bad_thread;
            cover->Mark({0, 0, 0, 0, i, j}, 1, 1, 4, 5);
          },
          &cover, 13, 29, 0);
      CHECK(cover.AllOnce());
    }
    {
      Cover cover({1, 1, 1, 1, 50, 31});
      pthreadpool_parallelize_2d_tile_2d(
          pool,
          [](void* c, size_t i, size_t j, size_t n, size_t m) {
            static_cast<Cover*>(c)->Mark({0, 0, 0, 0, i, j}, n, m, 4, 5);
          },
          &cover, 50, 31, 4, 8, 0);
      CHECK(cover.AllOnce());
    }
    {
      Cover cover({1, 1, 1, 5, 9, 31});
      cover.threads = threads;
      pthreadpool_parallelize_3d_tile_1d_with_thread(
          pool,
          [](void* c, size_t thread, size_t i, size_t j, size_t k, size_t n) {
            auto* cover = static_cast<Cover*>(c);
            if (thread >= cover->threads) ++cover->bad_thread;
            cover->Mark({0, 0, 0, i, j, k}, 1, n, 4, 5);
          },
          &cover, 5, 9, 31, 16, 0);
      CHECK(cover.AllOnce());
    }
    {
      Cover cover({1, 1, 3, 5, 9, 11});
      pthreadpool_parallelize_4d_tile_2d(
          pool,
          [](void* c, size_t i, size_t j, size_t k, size_t l, size_t n, size_t m) {
            static_cast<Cover*>(c)->Mark({0, 0, i, j, k, l}, n, m, 4, 5);
          },
          &cover, 3, 5, 9, 11, 4, 3, 0);
      CHECK(cover.AllOnce());
    }
    {
      Cover cover({2, 3, 2, 3, 9, 11});
      pthreadpool_parallelize_6d_tile_2d(
          pool,
          [](void* c, size_t i, size_t j, size_t k, size_t l, size_t m, size_t n, size_t tm,
             size_t tn) {
            static_cast<Cover*>(c)->Mark({i, j, k, l, m, n}, tm, tn, 4, 5);
          },
          &cover, 2, 3, 2, 3, 9, 11, 4, 3, 0);
      CHECK(cover.AllOnce());
    }
  }
}

TEST_CASE("pthreadpool: an operator run in pieces does every cell of every stage once, in order") {
  ThreadPool three(3);
  for (ThreadPool* threads : {static_cast<ThreadPool*>(nullptr), &three}) {
    for (const size_t step : {1, 2, 3, 12}) {
      // Two stages of 77 and 5 cells, in 5 and 7 pieces.
      const std::array<size_t, 2> stages = {5, 7};
      struct Seen {
        std::array<std::atomic<int>, 77> first{};
        std::array<std::atomic<int>, 5> second{};
        std::atomic<int> early{0};
      } seen;
      for (size_t piece = 0; piece < 12; piece += step) {
        pthreadpool pool{.num_threads = 3,
                         .threads = threads,
                         .stages = stages,
                         .pieces = {piece, piece + step}};
        pthreadpool_parallelize_1d(
            &pool, [](void* c, size_t i) { ++static_cast<Seen*>(c)->first[i]; }, &seen, 77, 0);
        pthreadpool_parallelize_1d(
            &pool,
            [](void* c, size_t i) {
              Seen* seen = static_cast<Seen*>(c);
              for (const auto& hits : seen->first) {
                if (hits != 1) ++seen->early;
              }
              ++seen->second[i];
            },
            &seen, 5, 0);
      }
      for (const auto& hits : seen.first) CHECK(hits == 1);
      for (const auto& hits : seen.second) CHECK(hits == 1);
      CHECK(seen.early == 0);
    }
  }
}

}  // namespace
}  // namespace webhlo
