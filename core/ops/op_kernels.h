// SPDX-License-Identifier: Apache-2.0
//
// The `kernel` columns of the op table: each binds a node's shapes and attributes to loops of
// core/kernels/, or answers null where there are none for them (the reference then runs). Nodes are
// verified: an Infer has accepted them.
#ifndef WEBHLO_CORE_OPS_OP_KERNELS_H_
#define WEBHLO_CORE_OPS_OP_KERNELS_H_

#include <memory>

#include "core/graph/op_def.h"

namespace webhlo {

// core/ops/kernels/moves.cc: any element type.
Result<std::unique_ptr<Kernel>> MakeTransposeKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeSliceKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeReverseKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeBroadcastInDimKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeConcatenateKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakePadKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeDynamicSliceKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeDynamicUpdateSliceKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeGatherKernel(const KernelRequest& request);

// core/ops/kernels/reduce.cc: one result, a body of one well-known op, integers, i1, f32 and f64.
Result<std::unique_ptr<Kernel>> MakeReduceKernel(const KernelRequest& request);

// core/ops/kernels/networks.cc: f32.
Result<std::unique_ptr<Kernel>> MakeMatmulKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeConv2dKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeMaxPool2dKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeSumPool2dKernel(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> MakeSoftmaxKernel(const KernelRequest& request);

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_OP_KERNELS_H_
