// SPDX-License-Identifier: Apache-2.0
//
// In place of the compiler's header of MMX, which is for x86 only. Eigen includes it before those
// of SSE, which Emscripten has, and uses nothing of it.
