// SPDX-License-Identifier: Apache-2.0
//
// What XNNPACK takes for a thread pool: the threads that an operator may use, and which part of its
// work a run is to do.
//
// An operator's run is a sequence of parallel loops, its stages, and nothing besides: whatever the
// pool leaves undone, another run of the same operator can do. So an operator falls into pieces
// without knowing of them.
#ifndef WEBHLO_CORE_THREADS_PTHREADPOOL_H_
#define WEBHLO_CORE_THREADS_PTHREADPOOL_H_

#include <pthreadpool.h>

#include <span>

#include "core/threads/piece_range.h"
#include "core/threads/thread_pool.h"

// NOLINTNEXTLINE(readability-identifier-naming): the name that pthreadpool.h declares.
struct pthreadpool {
  // What operators size their tiles by.
  size_t num_threads = 1;
  // Null: the calling thread alone.
  webhlo::ThreadPool* threads = nullptr;
  // The pieces of each stage, and the range of all of them that is to run. No stages: run all.
  std::span<const size_t> stages;
  webhlo::PieceRange pieces;
};

#endif  // WEBHLO_CORE_THREADS_PTHREADPOOL_H_
