// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool: the one pool of a model. A parallel step is cut into pieces that threads claim; the
// caller claims too, and at the end waits only for pieces that were really claimed. So no call ever
// waits for a worker that has not started, is descheduled between pieces, or never will start: with
// no worker at all the caller does everything. Workers spin briefly for the next step, then sleep.
//
// The same pool serves XNNPACK: core/threads/pthreadpool.cc defines the pthreadpool_* entry points
// over it (a `pthreadpool_t` is a ThreadPool*; null means the calling thread alone).
#ifndef WEBHLO_CORE_THREADS_THREAD_POOL_H_
#define WEBHLO_CORE_THREADS_THREAD_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace webhlo {

class ThreadPool {
 public:
  using Task = void (*)(void* context, size_t piece);

  // `num_threads` counts the caller; 1 never starts a worker. Builds without threads clamp to 1.
  // Workers start on the first ParallelFor that has more than one piece, not here.
  explicit ThreadPool(int num_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const { return num_threads_; }

  // The calling thread's number among those that run tasks of a pool: 0 for whoever called Run,
  // 1..num_threads()-1 for workers.
  static int CurrentThread();

  // Runs task(context, 0..pieces-1), each once, in any order and on any thread; returns when all
  // have finished. Not reentrant: a task must not call it.
  void Run(size_t pieces, Task task, void* context);

  template <typename F>
  void ParallelFor(size_t pieces, F&& f) {
    Run(
        pieces,
        [](void* context, size_t piece) {
          (*static_cast<std::remove_reference_t<F>*>(context))(piece);
        },
        const_cast<void*>(static_cast<const void*>(&f)));
  }

  // Called once on each worker thread before it runs any task made after the call (how JIT modules
  // reach the tables of all threads). The caller runs `hook` for itself. `hook(context)` must be
  // idempotent and stay valid for the pool's life.
  void AddThreadHook(void (*hook)(void* context), void* context);

 private:
  struct Shared;
  void StartWorkers();

  int num_threads_ = 1;
  // Workers hold it too: where they cannot be joined, the last one to leave frees it.
  std::shared_ptr<Shared> shared_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_THREADS_THREAD_POOL_H_
