// SPDX-License-Identifier: Apache-2.0
//
// Task: work that can be left in the middle and gone on with later. A function that returns a Task
// and awaits something is a coroutine:
//
//   Task Sum(const Table& table, Budget& budget, double* sum) {
//     for (const Row& row : table) {
//       *sum += AddUp(row);
//       co_await budget.Spend(row.size());    // Stops here when the time slice is over.
//     }
//     co_await Check(*sum);                   // A Status that is an error ends the task with it.
//     co_await Store(*sum, budget);           // So does a Task, which runs as a part of this one.
//   }
//
// A task does nothing until it is resumed or awaited; what it was given by reference must live
// until it has ended. Resume runs it until it ends or pauses. To destroy a task is to cancel it:
// what its frames own goes with them, and a frame stays where it stands when an await in it fails.
//
// Tasks nest by C++ recursion, as the functions would that they stand for. A frame costs a heap
// allocation, but a function may as well do its work at once and answer with the Status.
#ifndef WEBHLO_CORE_BASE_TASK_H_
#define WEBHLO_CORE_BASE_TASK_H_

#include <coroutine>
#include <cstdlib>
#include <utility>

#include "core/base/budget.h"
#include "core/base/status.h"

namespace webhlo {

class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  // A task that has ended.
  Task(Status status = OkStatus()) : status_(std::move(status)) {}
  Task(Task&& other) noexcept
      : frame_(std::exchange(other.frame_, nullptr)), status_(std::move(other.status_)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    std::swap(status_, other.status_);
    return *this;
  }
  ~Task();

  // Runs until the task has ended (true) or pauses.
  bool Resume();
  bool done() const { return !frame_; }
  // How it ended.
  const Status& status() const { return status_; }

  // Awaiting: the task runs as a part of `parent`.
  bool await_ready() const { return !frame_ && status_.ok(); }
  bool await_suspend(Handle parent);
  void await_resume() const {}

 private:
  explicit Task(Handle frame) : frame_(frame) {}

  Handle frame_;
  Status status_;
};

struct Task::promise_type {
  static void* operator new(size_t size) noexcept { return std::malloc(size); }
  static void operator delete(void* frame) { std::free(frame); }
  Task get_return_object() { return Task(Handle::from_promise(*this)); }
  static Task get_return_object_on_allocation_failure() {
    return OutOfMemory("no memory for a step's state");
  }
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void return_void() {}
  void unhandled_exception() {}
  Task&& await_transform(Task&& task) { return std::move(task); }
  Budget::Pause await_transform(Budget::Pause pause) { return pause; }

  // What is awaited: paused, or failed.
  Task* child = nullptr;
};

// For work under a budget that does not pause, or whose pause is the end: answers as the task does.
Status RunToEnd(Task task);

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_TASK_H_
