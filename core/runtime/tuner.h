// SPDX-License-Identifier: Apache-2.0
//
// MeasureSteps: runs each product and convolution of an executable by all kernels that it could run
// by, alone, in turns, on the weights that it has and made-up inputs, and keeps which was fastest.
// Nothing of the executable changes; what is learned counts for plans that are made from then on.
#ifndef WEBHLO_CORE_RUNTIME_TUNER_H_
#define WEBHLO_CORE_RUNTIME_TUNER_H_

#include "core/base/clock.h"
#include "core/base/task.h"
#include "core/runtime/compile.h"
#include "core/runtime/tuning.h"
#include "core/runtime/weight_store.h"

namespace webhlo {

// Whether there is memory for what plans and executables of some steps allocate without being able
// to fail: who tunes is not to end a model that has little left. What is large asks for itself.
Status CheckRoomToTune();

// What the kernel of a step was chosen for, in a plan that was made with these options; its `op`
// refers to the plan's graph.
KernelRequest RequestOf(const Plan& plan, const Step& step, const PlanOptions& options);

// Of an executable that is attached to `store` and fed, whose plan was made with `options`, which
// asked for alternatives; it stays attached while the task lasts. Steps that `tuning` knows are
// passed over. Tries cost up to some tens of milliseconds a kernel, and memory for one step at a
// time; a kernel that cannot be tried is no candidate.
Task MeasureSteps(const WeightStore::Reader& reader, const PlanOptions& options, WeightStore* store,
                  Machine* machine, Clock clock, Tuning* tuning);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_TUNER_H_
