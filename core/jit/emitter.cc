// SPDX-License-Identifier: Apache-2.0
#include "core/jit/emitter.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/check.h"
#include "core/base/strings.h"

namespace webhlo::jit {
namespace {

constexpr int kLaneCount = 4;

bool IsBool(ElementType type) { return type == ElementType::kI1; }
bool IsUnsigned(ElementType type) { return IsUnsignedInteger(type); }
// Held as f32 in lanes.
bool IsReal(ElementType type) { return type == ElementType::kF32 || type == ElementType::kBF16; }

}  // namespace

bool Emitter::Handles(ElementType type) {
  switch (type) {
    case ElementType::kF32:
    case ElementType::kBF16:
    case ElementType::kI1:
    case ElementType::kI8:
    case ElementType::kU8:
    case ElementType::kI16:
    case ElementType::kU16:
    case ElementType::kI32:
    case ElementType::kU32:
      return true;
    default:
      return false;
  }
}

uint32_t Emitter::Intern(const Inst& inst) {
  const std::array<uint32_t, 9> key = {static_cast<uint32_t>(inst.kind),
                                       static_cast<uint32_t>(inst.op),
                                       inst.num_args,
                                       inst.args[0],
                                       inst.args[1],
                                       inst.args[2],
                                       inst.args[3],
                                       inst.immediate,
                                       inst.fix};
  auto [it, added] = interned_.emplace(key, static_cast<uint32_t>(insts_.size()));
  if (added) insts_.push_back(inst);
  return it->second;
}

Emitter::V Emitter::Record(Op op, std::initializer_list<V> args, ElementType element) {
  Inst inst{.kind = Kind::kOp,
            .op = op,
            .num_args = static_cast<uint8_t>(args.size()),
            .args = {},
            .immediate = 0,
            .element = element};
  std::transform(args.begin(), args.end(), inst.args.begin(), [](V v) { return v.id; });
  return {Intern(inst), element};
}

Emitter::V Emitter::Input(uint32_t index, ElementType element) {
  return {Intern({.kind = Kind::kInput,
                  .op = Op{},
                  .num_args = 0,
                  .args = {},
                  .immediate = index,
                  .element = element}),
          element};
}

Emitter::V Emitter::Constant(ElementType element, uint32_t bits) {
  return {Intern({.kind = Kind::kConstant,
                  .op = Op{},
                  .num_args = 0,
                  .args = {},
                  .immediate = bits,
                  .element = element}),
          element};
}

Emitter::V Emitter::Parameter(ElementType element, uint32_t index, uint32_t bits) {
  num_parameters_ = std::max(num_parameters_, index + 1);
  return {Intern({.kind = Kind::kConstant,
                  .op = Op{},
                  .num_args = 0,
                  .args = {index + 1},
                  .immediate = bits,
                  .element = element}),
          element};
}

Emitter::V Emitter::Shift(Op op, V a, int bits) {
  WEBHLO_CHECK(bits >= 0 && bits < 32);
  return {Intern({.kind = Kind::kShift,
                  .op = op,
                  .num_args = 1,
                  .args = {a.id},
                  .immediate = static_cast<uint32_t>(bits),
                  .element = a.element}),
          a.element};
}

Emitter::V Emitter::LanesOf(const Helper& helper, std::initializer_list<V> args, const V* rare,
                            const V* value) {
  const ElementType element =
      helper.signature.result == WasmType::kF32 ? ElementType::kF32 : args.begin()->element;
  Inst inst{.kind = Kind::kLanes,
            .op = Op{},
            .num_args = 0,
            .args = {},
            .immediate = module_->Import(helper),
            .element = element,
            .fix = rare != nullptr};
  if (rare) {
    inst.args[inst.num_args++] = rare->id;
    inst.args[inst.num_args++] = value->id;
  }
  for (V v : args) inst.args[inst.num_args++] = v.id;
  if (helpers_.size() <= inst.immediate) helpers_.resize(inst.immediate + 1);
  helpers_[inst.immediate] = helper.signature;
  return {Intern(inst), element};
}

const uint32_t* Emitter::ConstantBits(V v) {
  const Inst& inst = insts_[v.id];
  if (inst.kind != Kind::kConstant) return nullptr;
  if (inst.args[0] != 0) looked_at_parameters_ = true;
  return &inst.immediate;
}

void Emitter::Note(std::string text) {
  notes_.emplace_back(static_cast<uint32_t>(insts_.size()), std::move(text));
}

// Arithmetic by type.

Emitter::V Emitter::Add(V a, V b) {
  if (IsBool(a.element)) return Or(a, b);
  return Record(IsReal(a.element) ? Op::kF32x4Add : Op::kI32x4Add, {a, b}, a.element);
}
Emitter::V Emitter::Sub(V a, V b) {
  return Record(IsReal(a.element) ? Op::kF32x4Sub : Op::kI32x4Sub, {a, b}, a.element);
}
Emitter::V Emitter::Mul(V a, V b) {
  if (IsBool(a.element)) return And(a, b);
  return Record(IsReal(a.element) ? Op::kF32x4Mul : Op::kI32x4Mul, {a, b}, a.element);
}
Emitter::V Emitter::Neg(V a) {
  return Record(IsReal(a.element) ? Op::kF32x4Neg : Op::kI32x4Neg, {a}, a.element);
}
Emitter::V Emitter::Abs(V a) {
  return Record(IsReal(a.element) ? Op::kF32x4Abs : Op::kI32x4Abs, {a}, a.element);
}

Emitter::V Emitter::MulAdd(V a, V b, V c) {
  if (module_->options().relaxed_simd) {
    return Record(Op::kF32x4RelaxedMadd, {a, b, c}, a.element);
  }
  return Add(Mul(a, b), c);
}

Emitter::V Emitter::NegMulAdd(V a, V b, V c) {
  if (module_->options().relaxed_simd) {
    return Record(Op::kF32x4RelaxedNmadd, {a, b, c}, a.element);
  }
  return Sub(c, Mul(a, b));
}

Emitter::V Emitter::Select(V mask, V a, V b) {
  const Op op = module_->options().relaxed_simd ? Op::kI32x4RelaxedLaneselect : Op::kV128Bitselect;
  return Record(op, {a, b, mask}, a.element);
}

// f32x4.min and max are correct but slow where the machine has no such instruction (x86: eight of
// them); pmin and pmax are one. With a constant that is neither a zero nor NaN one pmax suffices:
// it keeps its first operand unless that is less.
Emitter::V Emitter::Max(V a, V b) {
  if (IsBool(a.element)) return Or(a, b);
  if (!IsReal(a.element)) {
    return Record(IsUnsigned(a.element) ? Op::kI32x4MaxU : Op::kI32x4MaxS, {a, b}, a.element);
  }
  if (ConstantBits(a)) std::swap(a, b);
  if (const uint32_t* bits = ConstantBits(b); bits && (*bits & 0x7fffffff) <= 0x7f800000) {
    // pmax leaves -0 where b is +0: adding +0 turns it.
    return *bits == 0 ? Add(PMax(a, b), b) : PMax(a, b);
  }
  V p = PMax(a, b);
  V q = PMax(b, a);
  V sum = Add(p, q);
  return Or(And(p, q), MaskBits(Ne(sum, sum)));
}

Emitter::V Emitter::Min(V a, V b) {
  if (IsBool(a.element)) return And(a, b);
  if (!IsReal(a.element)) {
    return Record(IsUnsigned(a.element) ? Op::kI32x4MinU : Op::kI32x4MinS, {a, b}, a.element);
  }
  if (ConstantBits(a)) std::swap(a, b);
  if (const uint32_t* bits = ConstantBits(b);
      bits && (*bits & 0x7fffffff) <= 0x7f800000 && *bits != 0x80000000) {
    return PMin(a, b);
  }
  return Or(PMin(a, b), PMin(b, a));
}

Emitter::V Emitter::Eq(V a, V b) {
  if (IsBool(a.element)) return Not(Xor(a, b));
  return Record(IsReal(a.element) ? Op::kF32x4Eq : Op::kI32x4Eq, {a, b}, ElementType::kI1);
}
Emitter::V Emitter::Ne(V a, V b) {
  if (IsBool(a.element)) return Xor(a, b);
  return Record(IsReal(a.element) ? Op::kF32x4Ne : Op::kI32x4Ne, {a, b}, ElementType::kI1);
}
Emitter::V Emitter::Lt(V a, V b) {
  if (IsBool(a.element)) return And(Not(a), b);
  const Op op = IsReal(a.element)       ? Op::kF32x4Lt
                : IsUnsigned(a.element) ? Op::kI32x4LtU
                                        : Op::kI32x4LtS;
  return Record(op, {a, b}, ElementType::kI1);
}
Emitter::V Emitter::Le(V a, V b) {
  if (IsBool(a.element)) return Or(Not(a), b);
  const Op op = IsReal(a.element)       ? Op::kF32x4Le
                : IsUnsigned(a.element) ? Op::kI32x4LeU
                                        : Op::kI32x4LeS;
  return Record(op, {a, b}, ElementType::kI1);
}

Emitter::V Emitter::Popcount(V a) {
  V bytes = Record(Op::kI8x16Popcnt, {a}, a.element);
  V halves = Record(Op::kI16x8ExtaddI8x16U, {bytes}, a.element);
  return Record(Op::kI32x4ExtaddI16x8U, {halves}, a.element);
}

// Types.

Emitter::V Emitter::Widen(V v) {
  switch (v.element) {
    case ElementType::kBF16:
      return {v.id, ElementType::kF32};
    case ElementType::kI8:
    case ElementType::kI16:
      return {v.id, ElementType::kI32};
    case ElementType::kU8:
    case ElementType::kU16:
      return {v.id, ElementType::kU32};
    default:
      return v;
  }
}

Emitter::V Emitter::Narrow(V v, ElementType type) {
  switch (type) {
    case ElementType::kI8:
    case ElementType::kI16: {
      const int bits = type == ElementType::kI8 ? 24 : 16;
      return {Shift(Op::kI32x4ShrS, Shift(Op::kI32x4Shl, v, bits), bits).id, type};
    }
    case ElementType::kU8:
      return {And(v, Int<0xff>()).id, type};
    case ElementType::kU16:
      return {And(v, Int<0xffff>()).id, type};
    case ElementType::kBF16: {
      // To nearest even in the upper half of the bits; a NaN must not carry into infinity.
      V bits = Bits(v);
      V odd = And(Shift(Op::kI32x4ShrU, bits, 16), Int<1>());
      V rounded = And(AddInt(bits, AddInt(odd, Int<0x7fff>())), Int<-0x10000>());
      V nan = And(Or(bits, Int<0x400000>()), Int<-0x10000>());
      return {Select(Eq({v.id, ElementType::kF32}, {v.id, ElementType::kF32}), rounded, nan).id,
              type};
    }
    default:
      return {v.id, type};
  }
}

Emitter::V Emitter::Convert(V v, ElementType type) {
  if (v.element == type) return v;
  const ElementType from = v.element;
  v = Widen(v);
  if (IsBool(type)) {
    return Ne(v, Constant(v.element, 0));
  }
  if (IsBool(from)) {
    V one = Constant(ElementType::kF32, IsReal(type) ? std::bit_cast<uint32_t>(1.0f) : 1);
    return {And({v.id, ElementType::kF32}, one).id, type};
  }
  if (IsReal(type)) {
    if (IsReal(from)) return Narrow(v, type);
    V f = Record(IsUnsigned(from) ? Op::kF32x4ConvertI32x4U : Op::kF32x4ConvertI32x4S, {v},
                 ElementType::kF32);
    return Narrow(f, type);
  }
  if (!IsReal(from)) return Narrow(v, type);  // Integers wrap.
  // Truncates; saturates at the type's range, NaN gives 0.
  switch (type) {
    case ElementType::kU32:
      return Record(Op::kI32x4TruncSatF32x4U, {v}, type);
    case ElementType::kI32:
      return Record(Op::kI32x4TruncSatF32x4S, {v}, type);
    default: {
      V i = Record(Op::kI32x4TruncSatF32x4S, {v}, ElementType::kI32);
      const int bits = BitWidth(type) - (IsUnsigned(type) ? 0 : 1);
      V high = Constant(ElementType::kI32, (1u << bits) - 1);
      V low = Constant(ElementType::kI32, IsUnsigned(type) ? 0 : 0u - (1u << bits));
      i = Record(Op::kI32x4MinS, {i, high}, ElementType::kI32);
      return {Record(Op::kI32x4MaxS, {i, low}, ElementType::kI32).id, type};
    }
  }
}

// Writes one function: addresses, loops, and the record for some vectors at a time.
class Emitter::FunctionEmitter {
 public:
  FunctionEmitter(const Emitter& emitter, const LoopNest& nest, std::span<const V> outputs)
      : e_(emitter),
        nest_(nest),
        outputs_(outputs),
        a_({I, I, I, I}),
        parameters_(emitter.num_parameters_, JitTemplate::kUnused) {}

  void Emit();
  Assembler TakeCode() { return std::move(a_); }
  std::vector<uint32_t> TakeConstants() { return std::move(constants_); }
  std::vector<uint32_t> TakeParameters() { return std::move(parameters_); }

 private:
  static constexpr WasmType I = WasmType::kI32;  // NOLINT(readability-identifier-naming)
  enum Parameter : uint32_t { kArgs, kConstants, kBegin, kEnd };
  // How an input moves along the inner loop.
  enum class Step : uint8_t { kSplat, kContiguous, kStrided };

  struct Pointer {
    uint32_t row;      // Local: where the row begins.
    uint32_t current;  // Local: where the inner loop is.
    int64_t inner;     // Bytes for one step of the inner loop.
    int width;         // Bytes an element.
    ElementType element;
  };

  void Analyse();
  void LoadPointers();
  void EmitConstant(const Inst& inst);
  void EmitRows();
  void EmitInner(int64_t count);  // -1: as many as the local `left_` says.
  void EmitLoop(int vectors, int lanes);
  void EmitTail(int64_t count);
  void EmitBody(int vectors, int lanes);
  void Advance(int elements);
  void AddTo(uint32_t local, int64_t value);

  // The record. `inst` computed into local `out`; `at` is the element offset of this vector.
  void EmitInst(uint32_t id, int vector, int lanes, uint32_t out);
  void EmitLoad(const Inst& inst, int at, int lanes);
  void EmitLanes(const Inst& inst, int vector, uint32_t out);
  void GetArg(uint32_t id, int vector);
  void Store(const Pointer& pointer, uint32_t value, int at, int elements);
  uint32_t Pack(const Pointer& pointer, uint32_t value);

  uint32_t NewVector();
  void Free(uint32_t local) { free_.push_back(local); }
  Step StepOf(const Inst& inst) const;

  const Emitter& e_;
  const LoopNest& nest_;
  std::span<const V> outputs_;
  Assembler a_;
  std::vector<uint32_t> constants_;                 // As the function reads them.
  std::unordered_map<uint32_t, uint32_t> indices_;  // Of the function's own, by bits.
  std::vector<uint32_t> parameters_;                // Indices of the callers', or kUnused.

  std::vector<Pointer> inputs_, results_;
  std::vector<uint32_t> index_;  // Locals: the outer loops' indices.
  uint32_t left_ = 0;            // Local: elements of the inner loop still to do.
  uint32_t scratch_ = 0;         // Local, v128.
  bool strided_ = false;         // Some input is neither splat nor contiguous.

  std::vector<uint8_t> needed_, varying_;
  std::vector<uint32_t> last_use_;
  std::vector<uint32_t> invariant_;               // Local of an invariant value.
  std::array<std::vector<uint32_t>, 4> current_;  // Local of a varying value, by vector.
  std::vector<uint32_t> free_;
};

Emitter::FunctionEmitter::Step Emitter::FunctionEmitter::StepOf(const Inst& inst) const {
  const int64_t stride = nest_.inputs[inst.immediate].strides.back();
  return stride == 0 ? Step::kSplat : stride == 1 ? Step::kContiguous : Step::kStrided;
}

void Emitter::FunctionEmitter::Analyse() {
  const size_t n = e_.insts_.size();
  needed_.assign(n, 0);
  varying_.assign(n, 0);
  last_use_.assign(n, 0);
  invariant_.assign(n, 0);
  for (auto& locals : current_) locals.assign(n, 0);
  for (V v : outputs_) needed_[v.id] = 1;
  for (size_t i = n; i-- > 0;) {
    if (!needed_[i]) continue;
    const Inst& inst = e_.insts_[i];
    for (int k = 0; k < inst.num_args; ++k) needed_[inst.args[k]] = 1;
  }
  for (uint32_t i = 0; i < n; ++i) {
    if (!needed_[i]) continue;
    const Inst& inst = e_.insts_[i];
    if (inst.kind == Kind::kInput) {
      const Step step = StepOf(inst);
      varying_[i] = step != Step::kSplat;
      strided_ |= step == Step::kStrided;
    }
    for (int k = 0; k < inst.num_args; ++k) {
      varying_[i] |= varying_[inst.args[k]];
      last_use_[inst.args[k]] = i;
    }
  }
  for (V v : outputs_) last_use_[v.id] = static_cast<uint32_t>(n);
}

uint32_t Emitter::FunctionEmitter::NewVector() {
  if (free_.empty()) return a_.AddLocal(WasmType::kV128);
  const uint32_t local = free_.back();
  free_.pop_back();
  return local;
}

void Emitter::FunctionEmitter::AddTo(uint32_t local, int64_t value) {
  if (value == 0) return;
  a_.Get(local);
  a_.I32(static_cast<int32_t>(value));
  a_.Do(Op::kI32Add);
  a_.Set(local);
}

void Emitter::FunctionEmitter::LoadPointers() {
  uint32_t slot = 0;
  auto add = [&](std::vector<Pointer>* pointers, ElementType element, int64_t stride) {
    const int width = ByteWidth(element);
    Pointer pointer{.row = a_.AddLocal(I),
                    .current = a_.AddLocal(I),
                    .inner = stride * width,
                    .width = width,
                    .element = element};
    a_.Get(kArgs);
    a_.Access(Op::kI32Load, 4 * slot++);
    a_.Set(pointer.row);
    pointers->push_back(pointer);
  };
  for (const LoopOperand& input : nest_.inputs) add(&inputs_, input.element, input.strides.back());
  for (ElementType output : nest_.outputs) add(&results_, output, 1);
}

// A NewVector of the value packed to its type's width, in the low bytes; the value itself for four
// bytes.
uint32_t Emitter::FunctionEmitter::Pack(const Pointer& pointer, uint32_t value) {
  if (pointer.width == 4) return value;
  a_.Get(value);
  switch (pointer.element) {
    case ElementType::kI1:
      a_.I32(31);
      a_.Do(Op::kI32x4ShrU);
      break;
    case ElementType::kBF16:
      a_.I32(16);
      a_.Do(Op::kI32x4ShrU);
      break;
    default:
      break;
  }
  a_.Set(scratch_);
  const bool is_unsigned = !IsSignedInteger(pointer.element);
  a_.Get(scratch_);
  a_.Get(scratch_);
  a_.Do(pointer.width == 2 && is_unsigned ? Op::kI16x8NarrowI32x4U : Op::kI16x8NarrowI32x4S);
  a_.Set(scratch_);
  if (pointer.width == 1) {
    a_.Get(scratch_);
    a_.Get(scratch_);
    a_.Do(is_unsigned ? Op::kI8x16NarrowI16x8U : Op::kI8x16NarrowI16x8S);
    a_.Set(scratch_);
  }
  return scratch_;
}

// The first `elements` of a vector (1, 2, 3 or 4) to element `at` of the inner loop.
void Emitter::FunctionEmitter::Store(const Pointer& pointer, uint32_t value, int at, int elements) {
  const uint32_t packed = Pack(pointer, value);
  auto lane = [&](int first, int count) {
    const int bytes = count * pointer.width;
    const uint32_t offset = static_cast<uint32_t>((at + first) * pointer.width);
    a_.Get(pointer.current);
    a_.Get(packed);
    if (bytes == 16) {
      a_.Access(Op::kV128Store, offset);
      return;
    }
    const Op op = bytes == 8   ? Op::kV128Store64Lane
                  : bytes == 4 ? Op::kV128Store32Lane
                  : bytes == 2 ? Op::kV128Store16Lane
                               : Op::kV128Store8Lane;
    a_.AccessLane(op, offset, first / count);
  };
  if (elements == 4) {
    lane(0, 4);
  } else {
    if (elements >= 2) lane(0, 2);
    if (elements & 1) lane(elements - 1, 1);
  }
}

void Emitter::FunctionEmitter::EmitConstant(const Inst& inst) {
  const auto next = static_cast<uint32_t>(constants_.size());
  uint32_t index = next;
  if (inst.args[0] == 0) {
    index = indices_.try_emplace(inst.immediate, next).first->second;
  } else if (uint32_t& known = parameters_[inst.args[0] - 1]; known == JitTemplate::kUnused) {
    known = next;
  } else {
    index = known;
  }
  if (index == next) constants_.push_back(inst.immediate);
  a_.Get(kConstants);
  a_.Access(Op::kV128Load32Splat, index * sizeof(inst.immediate));
}

void Emitter::FunctionEmitter::GetArg(uint32_t id, int vector) {
  const Inst& inst = e_.insts_[id];
  if (!varying_[id]) {
    if (inst.kind == Kind::kConstant && invariant_[id] == 0) {
      EmitConstant(inst);
    } else {
      a_.Get(invariant_[id]);
    }
    return;
  }
  a_.Get(current_[vector][id]);
}

// Pushes the vector of an input; `lanes` 1: only its first element, in all lanes.
void Emitter::FunctionEmitter::EmitLoad(const Inst& inst, int at, int lanes) {
  const Pointer& pointer = inputs_[inst.immediate];
  const Step step = StepOf(inst);
  const uint32_t base = step == Step::kSplat ? pointer.row : pointer.current;
  const bool is_signed = IsSignedInteger(pointer.element);
  const Op scalar = pointer.width == 4   ? Op::kI32Load
                    : pointer.width == 2 ? (is_signed ? Op::kI32Load16S : Op::kI32Load16U)
                                         : (is_signed ? Op::kI32Load8S : Op::kI32Load8U);
  const uint32_t first = static_cast<uint32_t>(at * pointer.inner);
  if (step == Step::kSplat || lanes == 1 || step == Step::kStrided) {
    a_.Get(base);
    if (pointer.width == 4) {
      a_.Access(Op::kV128Load32Splat, first);
    } else {
      a_.Access(scalar, first);
      a_.Do(Op::kI32x4Splat);
    }
    if (step == Step::kStrided && lanes > 1) {
      for (int lane = 1; lane < lanes; ++lane) {
        a_.Get(base);
        a_.Access(scalar, static_cast<uint32_t>((at + lane) * pointer.inner));
        a_.Lane(Op::kI32x4ReplaceLane, lane);
      }
    }
  } else {
    a_.Get(base);
    if (pointer.width == 4) {
      a_.Access(Op::kV128Load, first);
    } else if (pointer.width == 2) {
      a_.Access(is_signed ? Op::kV128Load16x4S : Op::kV128Load16x4U, first);
    } else {
      a_.Access(Op::kV128Load32Zero, first);
      a_.Do(is_signed ? Op::kI16x8ExtendLowI8x16S : Op::kI16x8ExtendLowI8x16U);
      a_.Do(is_signed ? Op::kI32x4ExtendLowI16x8S : Op::kI32x4ExtendLowI16x8U);
    }
  }
  if (pointer.element == ElementType::kBF16) {
    a_.I32(16);
    a_.Do(Op::kI32x4Shl);
  }
  if (pointer.element == ElementType::kI1) {
    // Zero -> no bits, any other byte -> all.
    a_.Do(Op::kI32x4Neg);
    a_.I32(31);
    a_.Do(Op::kI32x4ShrS);
  }
}

// Calls the helper for each lane into `out`; with a mask, only if any lane of it is set.
void Emitter::FunctionEmitter::EmitLanes(const Inst& inst, int vector, uint32_t out) {
  const Signature& helper = e_.helpers_[inst.immediate];
  const int first = inst.fix ? 2 : 0;
  const bool is_float = helper.result == WasmType::kF32;
  auto call = [&](int lane) {
    for (int k = first; k < inst.num_args; ++k) {
      GetArg(inst.args[k], vector);
      a_.Lane(helper.parameters[k - first] == WasmType::kF32 ? Op::kF32x4ExtractLane
                                                             : Op::kI32x4ExtractLane,
              lane);
    }
    a_.Call(inst.immediate, helper);
  };
  if (inst.fix) {
    GetArg(inst.args[1], vector);
    a_.Set(out);
    GetArg(inst.args[0], vector);
    a_.Do(Op::kV128AnyTrue);
    a_.If();
  }
  call(0);
  a_.Do(is_float ? Op::kF32x4Splat : Op::kI32x4Splat);
  a_.Set(scratch_);
  for (int lane = 1; lane < kLaneCount; ++lane) {
    a_.Get(scratch_);
    call(lane);
    a_.Lane(is_float ? Op::kF32x4ReplaceLane : Op::kI32x4ReplaceLane, lane);
    a_.Set(scratch_);
  }
  a_.Get(scratch_);
  if (inst.fix) {
    a_.Get(out);
    GetArg(inst.args[0], vector);
    a_.Do(Op::kV128Bitselect);
    a_.Set(out);
    a_.End();
  } else {
    a_.Set(out);
  }
}

void Emitter::FunctionEmitter::EmitInst(uint32_t id, int vector, int lanes, uint32_t out) {
  const Inst& inst = e_.insts_[id];
  switch (inst.kind) {
    case Kind::kInput:
      EmitLoad(inst, vector * kLaneCount, lanes);
      break;
    case Kind::kConstant:
      EmitConstant(inst);
      break;
    case Kind::kOp:
      for (int k = 0; k < inst.num_args; ++k) GetArg(inst.args[k], vector);
      a_.Do(inst.op);
      break;
    case Kind::kShift:
      GetArg(inst.args[0], vector);
      a_.I32(static_cast<int32_t>(inst.immediate));
      a_.Do(inst.op);
      break;
    case Kind::kLanes:
      EmitLanes(inst, vector, out);
      return;
  }
  a_.Set(out);
}

// The varying part of the record for some vectors, instruction by instruction so that they overlap;
// then (not for tails) the stores.
void Emitter::FunctionEmitter::EmitBody(int vectors, int lanes) {
  size_t note = 0;
  for (uint32_t id = 0; id < e_.insts_.size(); ++id) {
    for (; note < e_.notes_.size() && e_.notes_[note].first <= id; ++note) {
      a_.Note(e_.notes_[note].second);
    }
    if (!needed_[id] || !varying_[id]) continue;
    const Inst& inst = e_.insts_[id];
    for (int v = 0; v < vectors; ++v) {
      current_[v][id] = NewVector();
      EmitInst(id, v, lanes, current_[v][id]);
    }
    for (int k = 0; k < inst.num_args; ++k) {
      const uint32_t arg = inst.args[k];
      bool repeated = false;
      for (int j = 0; j < k; ++j) repeated |= inst.args[j] == arg;
      if (repeated || !varying_[arg] || last_use_[arg] != id) continue;
      for (int v = 0; v < vectors; ++v) Free(current_[v][arg]);
    }
  }
}

void Emitter::FunctionEmitter::Advance(int elements) {
  for (const Pointer& pointer : inputs_) AddTo(pointer.current, pointer.inner * elements);
  for (const Pointer& pointer : results_) AddTo(pointer.current, pointer.inner * elements);
}

// while (left >= vectors * lanes) { ... }, `left` kept in the local.
void Emitter::FunctionEmitter::EmitLoop(int vectors, int lanes) {
  const int elements = vectors * lanes;
  auto more = [&] {
    a_.Get(left_);
    a_.I32(elements);
    a_.Do(Op::kI32GeU);
  };
  more();
  a_.If();
  a_.Loop();
  EmitBody(vectors, lanes);
  for (size_t k = 0; k < outputs_.size(); ++k) {
    for (int v = 0; v < vectors; ++v) {
      const uint32_t id = outputs_[k].id;
      const uint32_t local = varying_[id] ? current_[v][id] : invariant_[id];
      Store(results_[k], local, v * kLaneCount, lanes);
    }
  }
  std::vector<uint32_t> freed;
  for (V out : outputs_) {
    if (!varying_[out.id]) continue;
    for (int v = 0; v < vectors; ++v) freed.push_back(current_[v][out.id]);
  }
  std::sort(freed.begin(), freed.end());
  freed.erase(std::unique(freed.begin(), freed.end()), freed.end());
  free_.insert(free_.end(), freed.begin(), freed.end());
  Advance(elements);
  AddTo(left_, -elements);
  more();
  a_.BranchIf(0);
  a_.End();
  a_.End();
}

// One to three elements at the end: whole vectors are computed, only these are stored. `count` is
// how many, or -1: as `left` says (it may be none).
void Emitter::FunctionEmitter::EmitTail(int64_t count) {
  if (count < 0) {
    a_.Get(left_);
    a_.If();
  }
  EmitBody(1, kLaneCount);
  auto store = [&](int elements) {
    for (size_t k = 0; k < outputs_.size(); ++k) {
      const uint32_t id = outputs_[k].id;
      Store(results_[k], varying_[id] ? current_[0][id] : invariant_[id], 0, elements);
    }
  };
  if (count >= 0) {
    store(static_cast<int>(count));
  } else {
    auto left_is = [&](int elements) {
      a_.Get(left_);
      a_.I32(elements);
      a_.Do(Op::kI32Eq);
    };
    left_is(1);
    a_.If();
    store(1);
    a_.Else();
    left_is(2);
    a_.If();
    store(2);
    a_.Else();
    store(3);
    a_.End();
    a_.End();
    a_.End();
  }
  std::vector<uint32_t> freed;
  for (V out : outputs_) {
    if (varying_[out.id]) freed.push_back(current_[0][out.id]);
  }
  std::sort(freed.begin(), freed.end());
  freed.erase(std::unique(freed.begin(), freed.end()), freed.end());
  free_.insert(free_.end(), freed.begin(), freed.end());
}

// The inner loop: `count` elements, or -1: as `left` says.
void Emitter::FunctionEmitter::EmitInner(int64_t count) {
  // What does not vary inside. Few constants live in locals; many are loaded where they are used.
  for (uint32_t id = 0; id < e_.insts_.size(); ++id) {
    if (!needed_[id] || varying_[id]) continue;
    if (e_.insts_[id].kind == Kind::kConstant) continue;  // Loaded once, before the rows.
    if (invariant_[id] == 0) invariant_[id] = a_.AddLocal(WasmType::kV128);
    EmitInst(id, 0, kLaneCount, invariant_[id]);
  }

  size_t work = 0;
  for (uint32_t id = 0; id < e_.insts_.size(); ++id) work += needed_[id] && varying_[id];
  // Enough independent chains for the machine, not more code than pays.
  const int vectors = work <= 12 ? 4 : work <= 64 ? 2 : 1;
  const int main = vectors * kLaneCount;
  if (count >= 0) {
    a_.I32(static_cast<int32_t>(count));
    a_.Set(left_);
  }
  const int64_t rest = count < 0 ? -1 : count % main;
  if (count < 0 || count >= main) EmitLoop(vectors, kLaneCount);
  if (vectors > 1 && (rest < 0 || rest >= kLaneCount)) EmitLoop(1, kLaneCount);
  const int64_t tail = rest < 0 ? -1 : rest % kLaneCount;
  if (tail == 0) return;
  if (strided_) {
    // A whole vector would read far past the end.
    EmitLoop(1, 1);
  } else {
    EmitTail(tail);
  }
}

void Emitter::FunctionEmitter::EmitRows() {
  const size_t outer = nest_.sizes.size() - 1;
  // Indices of row `begin`, and where the operands' rows begin.
  for (size_t d = 0; d < outer; ++d) index_.push_back(a_.AddLocal(I));
  const uint32_t rest = a_.AddLocal(I);
  a_.Get(kBegin);
  a_.Set(rest);
  for (size_t d = outer; d-- > 0;) {
    a_.Get(rest);
    if (d > 0) {
      a_.I32(static_cast<int32_t>(nest_.sizes[d]));
      a_.Do(Op::kI32RemU);
    }
    a_.Set(index_[d]);
    if (d > 0) {
      a_.Get(rest);
      a_.I32(static_cast<int32_t>(nest_.sizes[d]));
      a_.Do(Op::kI32DivU);
      a_.Set(rest);
    }
  }
  for (size_t k = 0; k < inputs_.size(); ++k) {
    for (size_t d = 0; d < outer; ++d) {
      const int64_t bytes = nest_.inputs[k].strides[d] * inputs_[k].width;
      if (bytes == 0) continue;
      a_.Get(inputs_[k].row);
      a_.Get(index_[d]);
      a_.I32(static_cast<int32_t>(bytes));
      a_.Do(Op::kI32Mul);
      a_.Do(Op::kI32Add);
      a_.Set(inputs_[k].row);
    }
  }
  for (const Pointer& pointer : results_) {
    a_.Get(pointer.row);
    a_.Get(kBegin);
    a_.I32(static_cast<int32_t>(nest_.inner() * pointer.width));
    a_.Do(Op::kI32Mul);
    a_.Do(Op::kI32Add);
    a_.Set(pointer.row);
  }

  a_.Get(kBegin);
  a_.Get(kEnd);
  a_.Do(Op::kI32LtU);
  a_.If();
  a_.Loop();
  for (const std::vector<Pointer>* pointers : {&inputs_, &results_}) {
    for (const Pointer& pointer : *pointers) {
      if (pointer.inner == 0) continue;
      a_.Get(pointer.row);
      a_.Set(pointer.current);
    }
  }
  EmitInner(nest_.inner());
  // The next row: the innermost outer index counts, and carries.
  for (const Pointer& pointer : results_) AddTo(pointer.row, nest_.inner() * pointer.width);
  for (size_t d = outer; d-- > 0;) {
    for (size_t k = 0; k < inputs_.size(); ++k) {
      AddTo(inputs_[k].row, nest_.inputs[k].strides[d] * inputs_[k].width);
    }
    if (d == 0) break;
    AddTo(index_[d], 1);
    a_.Get(index_[d]);
    a_.I32(static_cast<int32_t>(nest_.sizes[d]));
    a_.Do(Op::kI32Eq);
    a_.If();
    a_.I32(0);
    a_.Set(index_[d]);
    for (size_t k = 0; k < inputs_.size(); ++k) {
      AddTo(inputs_[k].row, -nest_.inputs[k].strides[d] * nest_.sizes[d] * inputs_[k].width);
    }
  }
  for (size_t d = 1; d < outer; ++d) a_.End();
  AddTo(kBegin, 1);
  a_.Get(kBegin);
  a_.Get(kEnd);
  a_.Do(Op::kI32LtU);
  a_.BranchIf(0);
  a_.End();
  a_.End();
}

void Emitter::FunctionEmitter::Emit() {
  Analyse();
  LoadPointers();
  left_ = a_.AddLocal(I);
  scratch_ = a_.AddLocal(WasmType::kV128);

  size_t constants = 0;
  for (uint32_t id = 0; id < e_.insts_.size(); ++id) {
    constants += needed_[id] && e_.insts_[id].kind == Kind::kConstant;
  }
  for (uint32_t id = 0; id < e_.insts_.size(); ++id) {
    if (!needed_[id] || e_.insts_[id].kind != Kind::kConstant) continue;
    const bool is_output = last_use_[id] == e_.insts_.size();
    // More would not fit the registers; a load at the use costs nothing extra then.
    if (constants > 6 && !is_output) continue;
    invariant_[id] = a_.AddLocal(WasmType::kV128);
    EmitInst(id, 0, kLaneCount, invariant_[id]);
  }

  if (nest_.rows() > 1) {
    EmitRows();
    return;
  }
  for (const std::vector<Pointer>* pointers : {&inputs_, &results_}) {
    for (const Pointer& pointer : *pointers) {
      if (pointer.inner == 0) continue;
      a_.Get(pointer.row);
      a_.Get(kBegin);
      a_.I32(static_cast<int32_t>(pointer.inner));
      a_.Do(Op::kI32Mul);
      a_.Do(Op::kI32Add);
      a_.Set(pointer.current);
    }
  }
  a_.Get(kEnd);
  a_.Get(kBegin);
  a_.Do(Op::kI32Sub);
  a_.Set(left_);
  EmitInner(-1);
}

bool Emitter::Handles(const LoopNest& nest) {
  constexpr int64_t kMaxElements = INT32_MAX / 8;
  if (nest.rows() > kMaxElements || nest.inner() > kMaxElements) return false;
  for (const LoopOperand& input : nest.inputs) {
    for (int64_t stride : input.strides) {
      if (stride < 0 || stride > kMaxElements / 16) return false;
    }
  }
  return true;
}

std::optional<JitTemplate> Emitter::EmitFunction(const LoopNest& nest, std::span<const V> outputs,
                                                 std::string name) {
  WEBHLO_CHECK(Handles(nest));
  FunctionEmitter function(*this, nest, outputs);
  function.Emit();
  const std::optional<uint32_t> number = module_->AddFunction(std::move(name), function.TakeCode());
  if (!number) return std::nullopt;
  return JitTemplate{*number, function.TakeConstants(), function.TakeParameters()};
}

}  // namespace webhlo::jit
