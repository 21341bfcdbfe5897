// SPDX-License-Identifier: Apache-2.0
//
// The pool under the name by which XNNPACK knows it.
#ifndef WEBHLO_CORE_THREADS_PTHREADPOOL_H_
#define WEBHLO_CORE_THREADS_PTHREADPOOL_H_

#include <pthreadpool.h>

#include "core/threads/thread_pool.h"

namespace webhlo {

inline pthreadpool_t AsPthreadpool(ThreadPool* pool) {
  return reinterpret_cast<pthreadpool_t>(pool);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_THREADS_PTHREADPOOL_H_
