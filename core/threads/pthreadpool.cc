// SPDX-License-Identifier: Apache-2.0
//
// The pthreadpool_* entry points that XNNPACK's operators call, over ThreadPool. Each is a grid of
// cells, a cell being one call of the task with its tile; runs of consecutive cells make the
// shares that threads claim. Subnormals are kept whatever the flags say.
#include "core/threads/pthreadpool.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>

#include "core/base/function_ref.h"
#include "core/base/math.h"

namespace webhlo {
namespace {

// Enough that a late or slow thread leaves little undone, few enough that claims cost nothing.
constexpr size_t kSharesPerThread = 6;

// Of a cell, as far as the grid has dimensions.
using Index = std::array<size_t, 6>;

// The first of `cells` that belongs to piece `piece` of `pieces`.
size_t FirstCell(size_t cells, size_t piece, size_t pieces) {
  return static_cast<size_t>(uint64_t{cells} * piece / pieces);
}

// Calls cell(thread, index) for every index below `counts` that the pool's pieces hold.
void ForEachCell(pthreadpool_t threadpool, std::initializer_list<size_t> ranges,
                 FunctionRef<void(size_t thread, const Index& at)> cell) {
  const size_t rank = ranges.size();
  const size_t* const counts = ranges.begin();
  size_t cells = 1;
  for (size_t count : ranges) cells *= count;
  const auto run = [&](size_t thread, size_t begin, size_t end) {
    if (begin == end) return;
    Index index;
    size_t rest = begin;
    for (size_t d = rank; d-- > 0; rest /= counts[d]) index[d] = rest % counts[d];
    for (size_t i = begin;;) {
      cell(thread, index);
      if (++i == end) return;
      for (size_t d = rank - 1; ++index[d] == counts[d]; --d) index[d] = 0;
    }
  };
  size_t first = 0, last = cells;
  if (threadpool != nullptr && !threadpool->stages.empty()) {
    const size_t pieces = threadpool->stages.front();
    threadpool->stages = threadpool->stages.subspan(1);
    const PieceRange own = threadpool->pieces.Take(pieces);
    first = FirstCell(cells, own.begin, pieces);
    last = FirstCell(cells, own.end, pieces);
  }
  const size_t count = last - first;
  ThreadPool* threads = threadpool == nullptr ? nullptr : threadpool->threads;
  if (threads == nullptr || threads->num_threads() == 1 || count <= 1) {
    run(0, first, last);
    return;
  }
  const size_t shares =
      std::min(count, kSharesPerThread * static_cast<size_t>(threads->num_threads()));
  const size_t size = count / shares;
  const size_t longer = count % shares;  // So many shares have one cell more.
  threads->ParallelFor(shares, [&](size_t share) {
    const size_t begin = first + share * size + std::min(share, longer);
    run(static_cast<size_t>(ThreadPool::CurrentThread()), begin,
        begin + size + (share < longer ? 1 : 0));
  });
}

// A tiled dimension: the tile that starts at cell `i`.
struct Tiled {
  size_t range;
  size_t tile;
  size_t count() const { return CeilDiv(range, tile); }
  size_t start(size_t i) const { return i * tile; }
  size_t size(size_t i) const { return std::min(tile, range - i * tile); }
};

}  // namespace
}  // namespace webhlo

using webhlo::ForEachCell;
using webhlo::Index;
using webhlo::Tiled;

extern "C" {

size_t pthreadpool_get_threads_count(pthreadpool_t threadpool) {
  return threadpool == nullptr ? 1 : threadpool->num_threads;
}

void pthreadpool_parallelize_1d(pthreadpool_t pool, pthreadpool_task_1d_t task, void* context,
                                size_t range, uint32_t) {
  ForEachCell(pool, {range}, [&](size_t, const Index& at) { task(context, at[0]); });
}

void pthreadpool_parallelize_1d_with_thread(pthreadpool_t pool,
                                            pthreadpool_task_1d_with_thread_t task, void* context,
                                            size_t range, uint32_t) {
  ForEachCell(pool, {range}, [&](size_t thread, const Index& at) { task(context, thread, at[0]); });
}

void pthreadpool_parallelize_1d_tile_1d(pthreadpool_t pool, pthreadpool_task_1d_tile_1d_t task,
                                        void* context, size_t range, size_t tile, uint32_t) {
  const Tiled i{range, tile};
  ForEachCell(pool, {i.count()},
              [&](size_t, const Index& at) { task(context, i.start(at[0]), i.size(at[0])); });
}

void pthreadpool_parallelize_2d(pthreadpool_t pool, pthreadpool_task_2d_t task, void* context,
                                size_t range_i, size_t range_j, uint32_t) {
  ForEachCell(pool, {range_i, range_j},
              [&](size_t, const Index& at) { task(context, at[0], at[1]); });
}

void pthreadpool_parallelize_2d_with_thread(pthreadpool_t pool,
                                            pthreadpool_task_2d_with_thread_t task, void* context,
                                            size_t range_i, size_t range_j, uint32_t) {
  ForEachCell(pool, {range_i, range_j},
              [&](size_t thread, const Index& at) { task(context, thread, at[0], at[1]); });
}

void pthreadpool_parallelize_2d_tile_1d(pthreadpool_t pool, pthreadpool_task_2d_tile_1d_t task,
                                        void* context, size_t range_i, size_t range_j,
                                        size_t tile_j, uint32_t) {
  const Tiled j{range_j, tile_j};
  ForEachCell(pool, {range_i, j.count()}, [&](size_t, const Index& at) {
    task(context, at[0], j.start(at[1]), j.size(at[1]));
  });
}

void pthreadpool_parallelize_2d_tile_2d(pthreadpool_t pool, pthreadpool_task_2d_tile_2d_t task,
                                        void* context, size_t range_i, size_t range_j,
                                        size_t tile_i, size_t tile_j, uint32_t) {
  const Tiled i{range_i, tile_i}, j{range_j, tile_j};
  ForEachCell(pool, {i.count(), j.count()}, [&](size_t, const Index& at) {
    task(context, i.start(at[0]), j.start(at[1]), i.size(at[0]), j.size(at[1]));
  });
}

void pthreadpool_parallelize_3d(pthreadpool_t pool, pthreadpool_task_3d_t task, void* context,
                                size_t range_i, size_t range_j, size_t range_k, uint32_t) {
  ForEachCell(pool, {range_i, range_j, range_k},
              [&](size_t, const Index& at) { task(context, at[0], at[1], at[2]); });
}

void pthreadpool_parallelize_3d_tile_1d(pthreadpool_t pool, pthreadpool_task_3d_tile_1d_t task,
                                        void* context, size_t range_i, size_t range_j,
                                        size_t range_k, size_t tile_k, uint32_t) {
  const Tiled k{range_k, tile_k};
  ForEachCell(pool, {range_i, range_j, k.count()}, [&](size_t, const Index& at) {
    task(context, at[0], at[1], k.start(at[2]), k.size(at[2]));
  });
}

void pthreadpool_parallelize_3d_tile_1d_with_thread(pthreadpool_t pool,
                                                    pthreadpool_task_3d_tile_1d_with_thread_t task,
                                                    void* context, size_t range_i, size_t range_j,
                                                    size_t range_k, size_t tile_k, uint32_t) {
  const Tiled k{range_k, tile_k};
  ForEachCell(pool, {range_i, range_j, k.count()}, [&](size_t thread, const Index& at) {
    task(context, thread, at[0], at[1], k.start(at[2]), k.size(at[2]));
  });
}

void pthreadpool_parallelize_3d_tile_2d(pthreadpool_t pool, pthreadpool_task_3d_tile_2d_t task,
                                        void* context, size_t range_i, size_t range_j,
                                        size_t range_k, size_t tile_j, size_t tile_k, uint32_t) {
  const Tiled j{range_j, tile_j}, k{range_k, tile_k};
  ForEachCell(pool, {range_i, j.count(), k.count()}, [&](size_t, const Index& at) {
    task(context, at[0], j.start(at[1]), k.start(at[2]), j.size(at[1]), k.size(at[2]));
  });
}

void pthreadpool_parallelize_4d(pthreadpool_t pool, pthreadpool_task_4d_t task, void* context,
                                size_t range_i, size_t range_j, size_t range_k, size_t range_l,
                                uint32_t) {
  ForEachCell(pool, {range_i, range_j, range_k, range_l},
              [&](size_t, const Index& at) { task(context, at[0], at[1], at[2], at[3]); });
}

void pthreadpool_parallelize_4d_tile_2d(pthreadpool_t pool, pthreadpool_task_4d_tile_2d_t task,
                                        void* context, size_t range_i, size_t range_j,
                                        size_t range_k, size_t range_l, size_t tile_k,
                                        size_t tile_l, uint32_t) {
  const Tiled k{range_k, tile_k}, l{range_l, tile_l};
  ForEachCell(pool, {range_i, range_j, k.count(), l.count()}, [&](size_t, const Index& at) {
    task(context, at[0], at[1], k.start(at[2]), l.start(at[3]), k.size(at[2]), l.size(at[3]));
  });
}

void pthreadpool_parallelize_5d(pthreadpool_t pool, pthreadpool_task_5d_t task, void* context,
                                size_t range_i, size_t range_j, size_t range_k, size_t range_l,
                                size_t range_m, uint32_t) {
  ForEachCell(pool, {range_i, range_j, range_k, range_l, range_m},
              [&](size_t, const Index& at) { task(context, at[0], at[1], at[2], at[3], at[4]); });
}

void pthreadpool_parallelize_5d_tile_2d(pthreadpool_t pool, pthreadpool_task_5d_tile_2d_t task,
                                        void* context, size_t range_i, size_t range_j,
                                        size_t range_k, size_t range_l, size_t range_m,
                                        size_t tile_l, size_t tile_m, uint32_t) {
  const Tiled l{range_l, tile_l}, m{range_m, tile_m};
  ForEachCell(pool, {range_i, range_j, range_k, l.count(), m.count()},
              [&](size_t, const Index& at) {
                task(context, at[0], at[1], at[2], l.start(at[3]), m.start(at[4]), l.size(at[3]),
                     m.size(at[4]));
              });
}

void pthreadpool_parallelize_6d_tile_2d(pthreadpool_t pool, pthreadpool_task_6d_tile_2d_t task,
                                        void* context, size_t range_i, size_t range_j,
                                        size_t range_k, size_t range_l, size_t range_m,
                                        size_t range_n, size_t tile_m, size_t tile_n, uint32_t) {
  const Tiled m{range_m, tile_m}, n{range_n, tile_n};
  ForEachCell(pool, {range_i, range_j, range_k, range_l, m.count(), n.count()},
              [&](size_t, const Index& at) {
                task(context, at[0], at[1], at[2], at[3], m.start(at[4]), n.start(at[5]),
                     m.size(at[4]), n.size(at[5]));
              });
}

}  // extern "C"
