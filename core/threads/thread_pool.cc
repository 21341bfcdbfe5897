// SPDX-License-Identifier: Apache-2.0
#include "core/threads/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "core/base/check.h"

// Natively there always are threads; the wasm build says which variant this is.
#if !defined(__EMSCRIPTEN__) || defined(WEBHLO_THREADS)
#define WEBHLO_HAS_THREADS 1
#include <pthread.h>
#else
#define WEBHLO_HAS_THREADS 0
#endif
#if WEBHLO_HAS_THREADS && !defined(__EMSCRIPTEN__)
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#endif
#if defined(__SSE2__) && !defined(__EMSCRIPTEN__)
#include <emmintrin.h>
#endif

namespace webhlo {
namespace {

constexpr int kMaxThreads = 64;

// How long a worker without work spins, then naps (nobody wakes it: it looks again after the nap),
// then sleeps until a Run notifies it. Steps of one model follow each other within the first two,
// so that a step costs no system call; between runs the pool costs nothing.
[[maybe_unused]] constexpr int kSpinTurns = 20000;
[[maybe_unused]] constexpr int kSpinTurnsAfterNap = 1000;
[[maybe_unused]] constexpr int kNaps = 40;
[[maybe_unused]] constexpr int64_t kNapNanoseconds = 50 * 1000;

thread_local int current_thread = 0;

inline void Pause() {
#if defined(__SSE2__) && !defined(__EMSCRIPTEN__)
  _mm_pause();
#endif
}

}  // namespace

// A step is opened by storing `ticket` = step number << 32 | pieces not yet claimed. A claim is a
// compare-exchange that takes one off, so it succeeds only while its step is open, and an open step
// cannot end before the piece claimed has finished: the plain fields below may be read after it.
struct ThreadPool::Shared {
  alignas(64) std::atomic<uint64_t> ticket{0};
  std::atomic<uint32_t> deep_sleepers{0};
  std::atomic<bool> quit{false};

  // Written by the caller while no piece is claimed.
  Task task = nullptr;
  void* context = nullptr;
  uint32_t pieces = 0;

  alignas(64) std::atomic<uint32_t> unfinished{0};

  // Appended to by the caller; workers walk it without a lock, each at its own pace.
  struct Hook {
    void (*function)(void* context) = nullptr;
    void* context = nullptr;
    std::atomic<Hook*> next{nullptr};
  };
  Hook first_hook;  // A head that is never called.
  Hook* last_hook = &first_hook;

  // Used by the thread that calls Run.
  uint32_t step = 0;
  bool started = false;

  alignas(64) std::atomic<uint32_t> alarm{0};  // What sleepers wait on; changes at each notify.
#if WEBHLO_HAS_THREADS && !defined(__EMSCRIPTEN__)
  std::mutex mutex;
  std::condition_variable condition;
  std::vector<pthread_t> workers;
#endif

  ~Shared() {
    for (Hook* hook = first_hook.next; hook != nullptr;) {
      Hook* next = hook->next;
      delete hook;
      hook = next;
    }
  }

  // Claims and runs pieces of `step` until none is left.
  void Work(uint32_t open_step) {
    uint32_t finished = 0;
    uint64_t seen = ticket.load(std::memory_order_acquire);
    for (;;) {
      const uint32_t left = static_cast<uint32_t>(seen);
      if (static_cast<uint32_t>(seen >> 32) != open_step || left == 0) break;
      if (!ticket.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
        continue;
      }
      task(context, pieces - left);
      ++finished;
      seen = ticket.load(std::memory_order_acquire);
    }
    if (finished != 0) unfinished.fetch_sub(finished, std::memory_order_acq_rel);
  }

#if WEBHLO_HAS_THREADS
  // Sleeps while `alarm` is `value`; at most `nanoseconds` when that is not negative.
  void Sleep(uint32_t value, int64_t nanoseconds) {
#if defined(__EMSCRIPTEN__)
    __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int32_t*>(&alarm),
                                        static_cast<int32_t>(value), nanoseconds);
#else
    std::unique_lock<std::mutex> lock(mutex);
    const auto rung = [&] { return alarm.load() != value; };
    if (nanoseconds < 0) {
      condition.wait(lock, rung);
    } else {
      condition.wait_for(lock, std::chrono::nanoseconds(nanoseconds), rung);
    }
#endif
  }

  void Notify() {
#if defined(__EMSCRIPTEN__)
    alarm.fetch_add(1);
    __builtin_wasm_memory_atomic_notify(reinterpret_cast<int32_t*>(&alarm), UINT32_MAX);
#else
    {
      std::lock_guard<std::mutex> lock(mutex);
      alarm.fetch_add(1);
    }
    condition.notify_all();
#endif
  }

  void WorkerLoop() {
    Hook* hook = &first_hook;
    int idle = 0;
    int naps = 0;
    while (!quit.load(std::memory_order_relaxed)) {
      const uint64_t seen = ticket.load(std::memory_order_acquire);
      // Hooks before claims: the caller never waits for a hook, and a step that `seen` shows open
      // was opened after all hooks that its tasks rely on.
      while (Hook* next = hook->next.load(std::memory_order_acquire)) {
        hook = next;
        hook->function(hook->context);
      }
      if (static_cast<uint32_t>(seen) != 0) {
        Work(static_cast<uint32_t>(seen >> 32));
        idle = naps = 0;
      } else if (++idle < kSpinTurns) {
        Pause();
      } else if (naps < kNaps) {
        Sleep(alarm.load(), kNapNanoseconds);
        ++naps;
        idle = kSpinTurns - kSpinTurnsAfterNap;
      } else {
        const uint32_t value = alarm.load();
        deep_sleepers.fetch_add(1);
        // A Run that opened a step before it could see this sleeper is seen here.
        if (static_cast<uint32_t>(ticket.load()) == 0 && !quit.load()) Sleep(value, -1);
        deep_sleepers.fetch_sub(1);
        idle = naps = 0;
      }
    }
  }
#endif  // WEBHLO_HAS_THREADS
};

ThreadPool::ThreadPool(int num_threads)
    : num_threads_(WEBHLO_HAS_THREADS ? std::clamp(num_threads, 1, kMaxThreads) : 1),
      shared_(std::make_shared<Shared>()) {}

ThreadPool::~ThreadPool() {
#if WEBHLO_HAS_THREADS
  if (!shared_->started) return;
  shared_->quit.store(true);
  shared_->Notify();
#if !defined(__EMSCRIPTEN__)
  for (pthread_t worker : shared_->workers) pthread_join(worker, nullptr);
#endif
#endif
}

int ThreadPool::CurrentThread() { return current_thread; }

void ThreadPool::StartWorkers() {
  shared_->started = true;
#if WEBHLO_HAS_THREADS
  struct Start {
    std::shared_ptr<Shared> shared;
    int number;
  };
  for (int i = 1; i < num_threads_; ++i) {
    Start* start = new Start{shared_, i};
    const auto run = [](void* argument) -> void* {
      const std::unique_ptr<Start> own(static_cast<Start*>(argument));
      current_thread = own->number;
      own->shared->WorkerLoop();
      return nullptr;
    };
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
#if defined(__EMSCRIPTEN__)
    // A worker may start long after this, when the main thread returns to its event loop, so nobody
    // may join it.
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
#endif
    pthread_t thread;
    const int error = pthread_create(&thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
      delete start;
      return;  // The pool works with the threads it got.
    }
#if !defined(__EMSCRIPTEN__)
    shared_->workers.push_back(thread);
#endif
  }
#endif
}

void ThreadPool::Run(size_t pieces, Task task, void* context) {
  if (pieces <= 1 || num_threads_ == 1) {
    for (size_t i = 0; i < pieces; ++i) task(context, i);
    return;
  }
  WEBHLO_CHECK(pieces <= UINT32_MAX);
  Shared& s = *shared_;
  if (!s.started) StartWorkers();
  s.task = task;
  s.context = context;
  s.pieces = static_cast<uint32_t>(pieces);
  s.unfinished.store(s.pieces, std::memory_order_relaxed);
  const uint32_t step = ++s.step;
  s.ticket.store(static_cast<uint64_t>(step) << 32 | s.pieces);
#if WEBHLO_HAS_THREADS
  if (s.deep_sleepers.load() != 0) s.Notify();
#endif
  s.Work(step);
  for ([[maybe_unused]] int turns = 0; s.unfinished.load(std::memory_order_acquire) != 0; ++turns) {
    Pause();
#if WEBHLO_HAS_THREADS && !defined(__EMSCRIPTEN__)
    if (turns >= kSpinTurnsAfterNap) std::this_thread::yield();
#endif
  }
}

void ThreadPool::AddThreadHook(void (*hook)(void* context), void* context) {
  if (num_threads_ == 1) return;
  auto* added = new Shared::Hook;
  added->function = hook;
  added->context = context;
  shared_->last_hook->next.store(added, std::memory_order_release);
  shared_->last_hook = added;
}

}  // namespace webhlo
