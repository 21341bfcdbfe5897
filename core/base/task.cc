// SPDX-License-Identifier: Apache-2.0
#include "core/base/task.h"

namespace webhlo {

Task::~Task() {
  if (frame_) frame_.destroy();
}

bool Task::Resume() {
  if (!frame_) return true;
  Task*& child = frame_.promise().child;
  if (child && !child->Resume()) return false;
  if (!child || child->status_.ok()) {
    child = nullptr;
    frame_.resume();
  }
  if (child && !child->status_.ok()) {
    status_ = std::move(child->status_);
  } else if (!frame_.done()) {
    return false;
  }
  frame_.destroy();
  frame_ = nullptr;
  return true;
}

bool Task::await_suspend(Handle parent) {
  if (Resume() && status_.ok()) return false;
  parent.promise().child = this;
  return true;
}

Status RunToEnd(Task task) {
  return task.Resume() ? task.status() : Cancelled("it did not end in time");
}

}  // namespace webhlo
