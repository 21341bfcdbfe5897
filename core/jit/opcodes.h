// SPDX-License-Identifier: Apache-2.0
//
// The WebAssembly instructions that the JIT uses, one row each: enum, name, encoding, operand and
// result types, immediates. Assembler and disassembler both work from it.
//
// Types: i = i32, l = i64, f = f32, d = f64, v = v128. "vv:v" pops two v128 and pushes one.
#ifndef WEBHLO_CORE_JIT_OPCODES_H_
#define WEBHLO_CORE_JIT_OPCODES_H_

#include <cstdint>
#include <string_view>

namespace webhlo::jit {

enum class Immediate : uint8_t { kNone, kMemory, kLane, kMemoryLane, kShuffle };

// W(enum, name, prefix, code, types, immediate, natural alignment as log2)
#define WEBHLO_JIT_OPCODES(W)                                                              \
  W(kI32Load, "i32.load", 0x00, 0x28, "i:i", kMemory, 2)                                   \
  W(kI64Load, "i64.load", 0x00, 0x29, "i:l", kMemory, 3)                                   \
  W(kI32Load8S, "i32.load8_s", 0x00, 0x2c, "i:i", kMemory, 0)                              \
  W(kI32Load8U, "i32.load8_u", 0x00, 0x2d, "i:i", kMemory, 0)                              \
  W(kI32Load16S, "i32.load16_s", 0x00, 0x2e, "i:i", kMemory, 1)                            \
  W(kI32Load16U, "i32.load16_u", 0x00, 0x2f, "i:i", kMemory, 1)                            \
  W(kI32Store, "i32.store", 0x00, 0x36, "ii:", kMemory, 2)                                 \
  W(kI32Eqz, "i32.eqz", 0x00, 0x45, "i:i", kNone, 0)                                       \
  W(kI32Eq, "i32.eq", 0x00, 0x46, "ii:i", kNone, 0)                                        \
  W(kI32LtU, "i32.lt_u", 0x00, 0x49, "ii:i", kNone, 0)                                     \
  W(kI32GeU, "i32.ge_u", 0x00, 0x4f, "ii:i", kNone, 0)                                     \
  W(kI32Add, "i32.add", 0x00, 0x6a, "ii:i", kNone, 0)                                      \
  W(kI32Sub, "i32.sub", 0x00, 0x6b, "ii:i", kNone, 0)                                      \
  W(kI32Mul, "i32.mul", 0x00, 0x6c, "ii:i", kNone, 0)                                      \
  W(kI32DivU, "i32.div_u", 0x00, 0x6e, "ii:i", kNone, 0)                                   \
  W(kI32RemU, "i32.rem_u", 0x00, 0x70, "ii:i", kNone, 0)                                   \
  W(kI32And, "i32.and", 0x00, 0x71, "ii:i", kNone, 0)                                      \
  W(kI64DivS, "i64.div_s", 0x00, 0x7f, "ll:l", kNone, 0)                                   \
  W(kI64DivU, "i64.div_u", 0x00, 0x80, "ll:l", kNone, 0)                                   \
  W(kF32ConvertI64S, "f32.convert_i64_s", 0x00, 0xb4, "l:f", kNone, 0)                     \
  W(kF32ConvertI64U, "f32.convert_i64_u", 0x00, 0xb5, "l:f", kNone, 0)                     \
  W(kF64ConvertI64S, "f64.convert_i64_s", 0x00, 0xb9, "l:d", kNone, 0)                     \
  W(kF64ConvertI64U, "f64.convert_i64_u", 0x00, 0xba, "l:d", kNone, 0)                     \
  W(kI64TruncSatF32S, "i64.trunc_sat_f32_s", 0xfc, 0x04, "f:l", kNone, 0)                  \
  W(kI64TruncSatF32U, "i64.trunc_sat_f32_u", 0xfc, 0x05, "f:l", kNone, 0)                  \
  W(kI64TruncSatF64S, "i64.trunc_sat_f64_s", 0xfc, 0x06, "d:l", kNone, 0)                  \
  W(kI64TruncSatF64U, "i64.trunc_sat_f64_u", 0xfc, 0x07, "d:l", kNone, 0)                  \
  W(kV128Load, "v128.load", 0xfd, 0x00, "i:v", kMemory, 4)                                 \
  W(kV128Load8x8S, "v128.load8x8_s", 0xfd, 0x01, "i:v", kMemory, 3)                        \
  W(kV128Load8x8U, "v128.load8x8_u", 0xfd, 0x02, "i:v", kMemory, 3)                        \
  W(kV128Load16x4S, "v128.load16x4_s", 0xfd, 0x03, "i:v", kMemory, 3)                      \
  W(kV128Load16x4U, "v128.load16x4_u", 0xfd, 0x04, "i:v", kMemory, 3)                      \
  W(kV128Load8Splat, "v128.load8_splat", 0xfd, 0x07, "i:v", kMemory, 0)                    \
  W(kV128Load16Splat, "v128.load16_splat", 0xfd, 0x08, "i:v", kMemory, 1)                  \
  W(kV128Load32Splat, "v128.load32_splat", 0xfd, 0x09, "i:v", kMemory, 2)                  \
  W(kV128Load64Splat, "v128.load64_splat", 0xfd, 0x0a, "i:v", kMemory, 3)                  \
  W(kV128Store, "v128.store", 0xfd, 0x0b, "iv:", kMemory, 4)                               \
  W(kI8x16Shuffle, "i8x16.shuffle", 0xfd, 0x0d, "vv:v", kShuffle, 0)                       \
  W(kI8x16Splat, "i8x16.splat", 0xfd, 0x0f, "i:v", kNone, 0)                               \
  W(kI16x8Splat, "i16x8.splat", 0xfd, 0x10, "i:v", kNone, 0)                               \
  W(kI32x4Splat, "i32x4.splat", 0xfd, 0x11, "i:v", kNone, 0)                               \
  W(kI64x2Splat, "i64x2.splat", 0xfd, 0x12, "l:v", kNone, 0)                               \
  W(kF32x4Splat, "f32x4.splat", 0xfd, 0x13, "f:v", kNone, 0)                               \
  W(kF64x2Splat, "f64x2.splat", 0xfd, 0x14, "d:v", kNone, 0)                               \
  W(kI8x16ExtractLaneU, "i8x16.extract_lane_u", 0xfd, 0x16, "v:i", kLane, 0)               \
  W(kI8x16ReplaceLane, "i8x16.replace_lane", 0xfd, 0x17, "vi:v", kLane, 0)                 \
  W(kI16x8ExtractLaneU, "i16x8.extract_lane_u", 0xfd, 0x19, "v:i", kLane, 0)               \
  W(kI16x8ReplaceLane, "i16x8.replace_lane", 0xfd, 0x1a, "vi:v", kLane, 0)                 \
  W(kI32x4ExtractLane, "i32x4.extract_lane", 0xfd, 0x1b, "v:i", kLane, 0)                  \
  W(kI32x4ReplaceLane, "i32x4.replace_lane", 0xfd, 0x1c, "vi:v", kLane, 0)                 \
  W(kI64x2ExtractLane, "i64x2.extract_lane", 0xfd, 0x1d, "v:l", kLane, 0)                  \
  W(kI64x2ReplaceLane, "i64x2.replace_lane", 0xfd, 0x1e, "vl:v", kLane, 0)                 \
  W(kF32x4ExtractLane, "f32x4.extract_lane", 0xfd, 0x1f, "v:f", kLane, 0)                  \
  W(kF32x4ReplaceLane, "f32x4.replace_lane", 0xfd, 0x20, "vf:v", kLane, 0)                 \
  W(kF64x2ExtractLane, "f64x2.extract_lane", 0xfd, 0x21, "v:d", kLane, 0)                  \
  W(kF64x2ReplaceLane, "f64x2.replace_lane", 0xfd, 0x22, "vd:v", kLane, 0)                 \
  W(kI8x16Eq, "i8x16.eq", 0xfd, 0x23, "vv:v", kNone, 0)                                    \
  W(kI8x16Ne, "i8x16.ne", 0xfd, 0x24, "vv:v", kNone, 0)                                    \
  W(kI8x16LtS, "i8x16.lt_s", 0xfd, 0x25, "vv:v", kNone, 0)                                 \
  W(kI8x16LtU, "i8x16.lt_u", 0xfd, 0x26, "vv:v", kNone, 0)                                 \
  W(kI8x16LeS, "i8x16.le_s", 0xfd, 0x29, "vv:v", kNone, 0)                                 \
  W(kI8x16LeU, "i8x16.le_u", 0xfd, 0x2a, "vv:v", kNone, 0)                                 \
  W(kI16x8Eq, "i16x8.eq", 0xfd, 0x2d, "vv:v", kNone, 0)                                    \
  W(kI16x8Ne, "i16x8.ne", 0xfd, 0x2e, "vv:v", kNone, 0)                                    \
  W(kI16x8LtS, "i16x8.lt_s", 0xfd, 0x2f, "vv:v", kNone, 0)                                 \
  W(kI16x8LtU, "i16x8.lt_u", 0xfd, 0x30, "vv:v", kNone, 0)                                 \
  W(kI16x8LeS, "i16x8.le_s", 0xfd, 0x33, "vv:v", kNone, 0)                                 \
  W(kI16x8LeU, "i16x8.le_u", 0xfd, 0x34, "vv:v", kNone, 0)                                 \
  W(kI32x4Eq, "i32x4.eq", 0xfd, 0x37, "vv:v", kNone, 0)                                    \
  W(kI32x4Ne, "i32x4.ne", 0xfd, 0x38, "vv:v", kNone, 0)                                    \
  W(kI32x4LtS, "i32x4.lt_s", 0xfd, 0x39, "vv:v", kNone, 0)                                 \
  W(kI32x4LtU, "i32x4.lt_u", 0xfd, 0x3a, "vv:v", kNone, 0)                                 \
  W(kI32x4LeS, "i32x4.le_s", 0xfd, 0x3d, "vv:v", kNone, 0)                                 \
  W(kI32x4LeU, "i32x4.le_u", 0xfd, 0x3e, "vv:v", kNone, 0)                                 \
  W(kF32x4Eq, "f32x4.eq", 0xfd, 0x41, "vv:v", kNone, 0)                                    \
  W(kF32x4Ne, "f32x4.ne", 0xfd, 0x42, "vv:v", kNone, 0)                                    \
  W(kF32x4Lt, "f32x4.lt", 0xfd, 0x43, "vv:v", kNone, 0)                                    \
  W(kF32x4Le, "f32x4.le", 0xfd, 0x45, "vv:v", kNone, 0)                                    \
  W(kF64x2Eq, "f64x2.eq", 0xfd, 0x47, "vv:v", kNone, 0)                                    \
  W(kF64x2Ne, "f64x2.ne", 0xfd, 0x48, "vv:v", kNone, 0)                                    \
  W(kF64x2Lt, "f64x2.lt", 0xfd, 0x49, "vv:v", kNone, 0)                                    \
  W(kF64x2Le, "f64x2.le", 0xfd, 0x4b, "vv:v", kNone, 0)                                    \
  W(kV128Not, "v128.not", 0xfd, 0x4d, "v:v", kNone, 0)                                     \
  W(kV128And, "v128.and", 0xfd, 0x4e, "vv:v", kNone, 0)                                    \
  W(kV128Or, "v128.or", 0xfd, 0x50, "vv:v", kNone, 0)                                      \
  W(kV128Xor, "v128.xor", 0xfd, 0x51, "vv:v", kNone, 0)                                    \
  W(kV128Bitselect, "v128.bitselect", 0xfd, 0x52, "vvv:v", kNone, 0)                       \
  W(kV128AnyTrue, "v128.any_true", 0xfd, 0x53, "v:i", kNone, 0)                            \
  W(kV128Store8Lane, "v128.store8_lane", 0xfd, 0x58, "iv:", kMemoryLane, 0)                \
  W(kV128Store16Lane, "v128.store16_lane", 0xfd, 0x59, "iv:", kMemoryLane, 1)              \
  W(kV128Store32Lane, "v128.store32_lane", 0xfd, 0x5a, "iv:", kMemoryLane, 2)              \
  W(kV128Store64Lane, "v128.store64_lane", 0xfd, 0x5b, "iv:", kMemoryLane, 3)              \
  W(kV128Load32Zero, "v128.load32_zero", 0xfd, 0x5c, "i:v", kMemory, 2)                    \
  W(kV128Load64Zero, "v128.load64_zero", 0xfd, 0x5d, "i:v", kMemory, 3)                    \
  W(kF32x4DemoteF64x2Zero, "f32x4.demote_f64x2_zero", 0xfd, 0x5e, "v:v", kNone, 0)         \
  W(kF64x2PromoteLowF32x4, "f64x2.promote_low_f32x4", 0xfd, 0x5f, "v:v", kNone, 0)         \
  W(kI8x16Abs, "i8x16.abs", 0xfd, 0x60, "v:v", kNone, 0)                                   \
  W(kI8x16Neg, "i8x16.neg", 0xfd, 0x61, "v:v", kNone, 0)                                   \
  W(kI8x16Popcnt, "i8x16.popcnt", 0xfd, 0x62, "v:v", kNone, 0)                             \
  W(kI8x16NarrowI16x8S, "i8x16.narrow_i16x8_s", 0xfd, 0x65, "vv:v", kNone, 0)              \
  W(kI8x16NarrowI16x8U, "i8x16.narrow_i16x8_u", 0xfd, 0x66, "vv:v", kNone, 0)              \
  W(kF32x4Ceil, "f32x4.ceil", 0xfd, 0x67, "v:v", kNone, 0)                                 \
  W(kF32x4Floor, "f32x4.floor", 0xfd, 0x68, "v:v", kNone, 0)                               \
  W(kF32x4Trunc, "f32x4.trunc", 0xfd, 0x69, "v:v", kNone, 0)                               \
  W(kF32x4Nearest, "f32x4.nearest", 0xfd, 0x6a, "v:v", kNone, 0)                           \
  W(kI8x16Shl, "i8x16.shl", 0xfd, 0x6b, "vi:v", kNone, 0)                                  \
  W(kI8x16ShrS, "i8x16.shr_s", 0xfd, 0x6c, "vi:v", kNone, 0)                               \
  W(kI8x16ShrU, "i8x16.shr_u", 0xfd, 0x6d, "vi:v", kNone, 0)                               \
  W(kI8x16Add, "i8x16.add", 0xfd, 0x6e, "vv:v", kNone, 0)                                  \
  W(kI8x16Sub, "i8x16.sub", 0xfd, 0x71, "vv:v", kNone, 0)                                  \
  W(kF64x2Ceil, "f64x2.ceil", 0xfd, 0x74, "v:v", kNone, 0)                                 \
  W(kF64x2Floor, "f64x2.floor", 0xfd, 0x75, "v:v", kNone, 0)                               \
  W(kI8x16MinS, "i8x16.min_s", 0xfd, 0x76, "vv:v", kNone, 0)                               \
  W(kI8x16MinU, "i8x16.min_u", 0xfd, 0x77, "vv:v", kNone, 0)                               \
  W(kI8x16MaxS, "i8x16.max_s", 0xfd, 0x78, "vv:v", kNone, 0)                               \
  W(kI8x16MaxU, "i8x16.max_u", 0xfd, 0x79, "vv:v", kNone, 0)                               \
  W(kF64x2Trunc, "f64x2.trunc", 0xfd, 0x7a, "v:v", kNone, 0)                               \
  W(kI16x8ExtaddI8x16U, "i16x8.extadd_pairwise_i8x16_u", 0xfd, 0x7d, "v:v", kNone, 0)      \
  W(kI32x4ExtaddI16x8U, "i32x4.extadd_pairwise_i16x8_u", 0xfd, 0x7f, "v:v", kNone, 0)      \
  W(kI16x8Abs, "i16x8.abs", 0xfd, 0x80, "v:v", kNone, 0)                                   \
  W(kI16x8Neg, "i16x8.neg", 0xfd, 0x81, "v:v", kNone, 0)                                   \
  W(kI16x8NarrowI32x4S, "i16x8.narrow_i32x4_s", 0xfd, 0x85, "vv:v", kNone, 0)              \
  W(kI16x8NarrowI32x4U, "i16x8.narrow_i32x4_u", 0xfd, 0x86, "vv:v", kNone, 0)              \
  W(kI16x8ExtendLowI8x16S, "i16x8.extend_low_i8x16_s", 0xfd, 0x87, "v:v", kNone, 0)        \
  W(kI16x8ExtendHighI8x16S, "i16x8.extend_high_i8x16_s", 0xfd, 0x88, "v:v", kNone, 0)      \
  W(kI16x8ExtendLowI8x16U, "i16x8.extend_low_i8x16_u", 0xfd, 0x89, "v:v", kNone, 0)        \
  W(kI16x8ExtendHighI8x16U, "i16x8.extend_high_i8x16_u", 0xfd, 0x8a, "v:v", kNone, 0)      \
  W(kI16x8Shl, "i16x8.shl", 0xfd, 0x8b, "vi:v", kNone, 0)                                  \
  W(kI16x8ShrS, "i16x8.shr_s", 0xfd, 0x8c, "vi:v", kNone, 0)                               \
  W(kI16x8ShrU, "i16x8.shr_u", 0xfd, 0x8d, "vi:v", kNone, 0)                               \
  W(kI16x8Add, "i16x8.add", 0xfd, 0x8e, "vv:v", kNone, 0)                                  \
  W(kI16x8Sub, "i16x8.sub", 0xfd, 0x91, "vv:v", kNone, 0)                                  \
  W(kF64x2Nearest, "f64x2.nearest", 0xfd, 0x94, "v:v", kNone, 0)                           \
  W(kI16x8Mul, "i16x8.mul", 0xfd, 0x95, "vv:v", kNone, 0)                                  \
  W(kI16x8MinS, "i16x8.min_s", 0xfd, 0x96, "vv:v", kNone, 0)                               \
  W(kI16x8MinU, "i16x8.min_u", 0xfd, 0x97, "vv:v", kNone, 0)                               \
  W(kI16x8MaxS, "i16x8.max_s", 0xfd, 0x98, "vv:v", kNone, 0)                               \
  W(kI16x8MaxU, "i16x8.max_u", 0xfd, 0x99, "vv:v", kNone, 0)                               \
  W(kI32x4Abs, "i32x4.abs", 0xfd, 0xa0, "v:v", kNone, 0)                                   \
  W(kI32x4Neg, "i32x4.neg", 0xfd, 0xa1, "v:v", kNone, 0)                                   \
  W(kI32x4ExtendLowI16x8S, "i32x4.extend_low_i16x8_s", 0xfd, 0xa7, "v:v", kNone, 0)        \
  W(kI32x4ExtendHighI16x8S, "i32x4.extend_high_i16x8_s", 0xfd, 0xa8, "v:v", kNone, 0)      \
  W(kI32x4ExtendLowI16x8U, "i32x4.extend_low_i16x8_u", 0xfd, 0xa9, "v:v", kNone, 0)        \
  W(kI32x4ExtendHighI16x8U, "i32x4.extend_high_i16x8_u", 0xfd, 0xaa, "v:v", kNone, 0)      \
  W(kI32x4Shl, "i32x4.shl", 0xfd, 0xab, "vi:v", kNone, 0)                                  \
  W(kI32x4ShrS, "i32x4.shr_s", 0xfd, 0xac, "vi:v", kNone, 0)                               \
  W(kI32x4ShrU, "i32x4.shr_u", 0xfd, 0xad, "vi:v", kNone, 0)                               \
  W(kI32x4Add, "i32x4.add", 0xfd, 0xae, "vv:v", kNone, 0)                                  \
  W(kI32x4Sub, "i32x4.sub", 0xfd, 0xb1, "vv:v", kNone, 0)                                  \
  W(kI32x4Mul, "i32x4.mul", 0xfd, 0xb5, "vv:v", kNone, 0)                                  \
  W(kI32x4MinS, "i32x4.min_s", 0xfd, 0xb6, "vv:v", kNone, 0)                               \
  W(kI32x4MinU, "i32x4.min_u", 0xfd, 0xb7, "vv:v", kNone, 0)                               \
  W(kI32x4MaxS, "i32x4.max_s", 0xfd, 0xb8, "vv:v", kNone, 0)                               \
  W(kI32x4MaxU, "i32x4.max_u", 0xfd, 0xb9, "vv:v", kNone, 0)                               \
  W(kI64x2Abs, "i64x2.abs", 0xfd, 0xc0, "v:v", kNone, 0)                                   \
  W(kI64x2Neg, "i64x2.neg", 0xfd, 0xc1, "v:v", kNone, 0)                                   \
  W(kI64x2ExtendLowI32x4S, "i64x2.extend_low_i32x4_s", 0xfd, 0xc7, "v:v", kNone, 0)        \
  W(kI64x2ExtendHighI32x4S, "i64x2.extend_high_i32x4_s", 0xfd, 0xc8, "v:v", kNone, 0)      \
  W(kI64x2ExtendLowI32x4U, "i64x2.extend_low_i32x4_u", 0xfd, 0xc9, "v:v", kNone, 0)        \
  W(kI64x2ExtendHighI32x4U, "i64x2.extend_high_i32x4_u", 0xfd, 0xca, "v:v", kNone, 0)      \
  W(kI64x2Shl, "i64x2.shl", 0xfd, 0xcb, "vi:v", kNone, 0)                                  \
  W(kI64x2ShrS, "i64x2.shr_s", 0xfd, 0xcc, "vi:v", kNone, 0)                               \
  W(kI64x2ShrU, "i64x2.shr_u", 0xfd, 0xcd, "vi:v", kNone, 0)                               \
  W(kI64x2Add, "i64x2.add", 0xfd, 0xce, "vv:v", kNone, 0)                                  \
  W(kI64x2Sub, "i64x2.sub", 0xfd, 0xd1, "vv:v", kNone, 0)                                  \
  W(kI64x2Mul, "i64x2.mul", 0xfd, 0xd5, "vv:v", kNone, 0)                                  \
  W(kI64x2Eq, "i64x2.eq", 0xfd, 0xd6, "vv:v", kNone, 0)                                    \
  W(kI64x2Ne, "i64x2.ne", 0xfd, 0xd7, "vv:v", kNone, 0)                                    \
  W(kI64x2LtS, "i64x2.lt_s", 0xfd, 0xd8, "vv:v", kNone, 0)                                 \
  W(kI64x2LeS, "i64x2.le_s", 0xfd, 0xda, "vv:v", kNone, 0)                                 \
  W(kF32x4Abs, "f32x4.abs", 0xfd, 0xe0, "v:v", kNone, 0)                                   \
  W(kF32x4Neg, "f32x4.neg", 0xfd, 0xe1, "v:v", kNone, 0)                                   \
  W(kF32x4Sqrt, "f32x4.sqrt", 0xfd, 0xe3, "v:v", kNone, 0)                                 \
  W(kF32x4Add, "f32x4.add", 0xfd, 0xe4, "vv:v", kNone, 0)                                  \
  W(kF32x4Sub, "f32x4.sub", 0xfd, 0xe5, "vv:v", kNone, 0)                                  \
  W(kF32x4Mul, "f32x4.mul", 0xfd, 0xe6, "vv:v", kNone, 0)                                  \
  W(kF32x4Div, "f32x4.div", 0xfd, 0xe7, "vv:v", kNone, 0)                                  \
  W(kF32x4Pmin, "f32x4.pmin", 0xfd, 0xea, "vv:v", kNone, 0)                                \
  W(kF32x4Pmax, "f32x4.pmax", 0xfd, 0xeb, "vv:v", kNone, 0)                                \
  W(kF64x2Abs, "f64x2.abs", 0xfd, 0xec, "v:v", kNone, 0)                                   \
  W(kF64x2Neg, "f64x2.neg", 0xfd, 0xed, "v:v", kNone, 0)                                   \
  W(kF64x2Sqrt, "f64x2.sqrt", 0xfd, 0xef, "v:v", kNone, 0)                                 \
  W(kF64x2Add, "f64x2.add", 0xfd, 0xf0, "vv:v", kNone, 0)                                  \
  W(kF64x2Sub, "f64x2.sub", 0xfd, 0xf1, "vv:v", kNone, 0)                                  \
  W(kF64x2Mul, "f64x2.mul", 0xfd, 0xf2, "vv:v", kNone, 0)                                  \
  W(kF64x2Div, "f64x2.div", 0xfd, 0xf3, "vv:v", kNone, 0)                                  \
  W(kF64x2Pmin, "f64x2.pmin", 0xfd, 0xf6, "vv:v", kNone, 0)                                \
  W(kF64x2Pmax, "f64x2.pmax", 0xfd, 0xf7, "vv:v", kNone, 0)                                \
  W(kI32x4TruncSatF32x4S, "i32x4.trunc_sat_f32x4_s", 0xfd, 0xf8, "v:v", kNone, 0)          \
  W(kI32x4TruncSatF32x4U, "i32x4.trunc_sat_f32x4_u", 0xfd, 0xf9, "v:v", kNone, 0)          \
  W(kF32x4ConvertI32x4S, "f32x4.convert_i32x4_s", 0xfd, 0xfa, "v:v", kNone, 0)             \
  W(kF32x4ConvertI32x4U, "f32x4.convert_i32x4_u", 0xfd, 0xfb, "v:v", kNone, 0)             \
  W(kI32x4TruncSatF64x2SZero, "i32x4.trunc_sat_f64x2_s_zero", 0xfd, 0xfc, "v:v", kNone, 0) \
  W(kI32x4TruncSatF64x2UZero, "i32x4.trunc_sat_f64x2_u_zero", 0xfd, 0xfd, "v:v", kNone, 0) \
  W(kF64x2ConvertLowI32x4S, "f64x2.convert_low_i32x4_s", 0xfd, 0xfe, "v:v", kNone, 0)      \
  W(kF64x2ConvertLowI32x4U, "f64x2.convert_low_i32x4_u", 0xfd, 0xff, "v:v", kNone, 0)      \
  W(kF32x4RelaxedMadd, "f32x4.relaxed_madd", 0xfd, 0x105, "vvv:v", kNone, 0)               \
  W(kF32x4RelaxedNmadd, "f32x4.relaxed_nmadd", 0xfd, 0x106, "vvv:v", kNone, 0)             \
  W(kF64x2RelaxedMadd, "f64x2.relaxed_madd", 0xfd, 0x107, "vvv:v", kNone, 0)               \
  W(kF64x2RelaxedNmadd, "f64x2.relaxed_nmadd", 0xfd, 0x108, "vvv:v", kNone, 0)             \
  W(kI8x16RelaxedLaneselect, "i8x16.relaxed_laneselect", 0xfd, 0x109, "vvv:v", kNone, 0)   \
  W(kI16x8RelaxedLaneselect, "i16x8.relaxed_laneselect", 0xfd, 0x10a, "vvv:v", kNone, 0)   \
  W(kI32x4RelaxedLaneselect, "i32x4.relaxed_laneselect", 0xfd, 0x10b, "vvv:v", kNone, 0)   \
  W(kI64x2RelaxedLaneselect, "i64x2.relaxed_laneselect", 0xfd, 0x10c, "vvv:v", kNone, 0)

enum class Op : uint8_t {
#define W(id, name, prefix, code, types, immediate, align) id,
  WEBHLO_JIT_OPCODES(W)
#undef W
};

struct Opcode {
  const char* types;
  uint16_t code;
  uint8_t prefix;  // 0 for one-byte opcodes.
  Immediate immediate;
  uint8_t align;
};

inline constexpr Opcode kOpcodes[] = {
#define W(id, name, prefix, code, types, immediate, align) \
  {types, code, prefix, Immediate::immediate, align},
    WEBHLO_JIT_OPCODES(W)
#undef W
};

// Beside them, for whoever prints.
inline constexpr std::string_view kOpcodeNames[] = {
#define W(id, name, prefix, code, types, immediate, align) name,
    WEBHLO_JIT_OPCODES(W)
#undef W
};

inline const Opcode& OpcodeOf(Op op) { return kOpcodes[static_cast<size_t>(op)]; }

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_OPCODES_H_
