// SPDX-License-Identifier: Apache-2.0
#include "core/jit/assembler.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/strings.h"

namespace webhlo::jit {
namespace {

enum Code : uint8_t {
  kBlock = 0x02,
  kLoop = 0x03,
  kIf = 0x04,
  kElse = 0x05,
  kEnd = 0x0b,
  kBranch = 0x0c,
  kBranchIf = 0x0d,
  kCall = 0x10,
  kLocalGet = 0x20,
  kLocalSet = 0x21,
  kI32Const = 0x41,
  kNoResult = 0x40,
};

WasmType TypeOf(char c) {
  switch (c) {
    case 'i':
      return WasmType::kI32;
    case 'l':
      return WasmType::kI64;
    case 'f':
      return WasmType::kF32;
    case 'd':
      return WasmType::kF64;
    default:
      return WasmType::kV128;
  }
}

std::string Hex(uint64_t value, int digits) {
  std::string out(digits, '0');
  for (int i = digits - 1; i >= 0; --i, value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out;
}

// Reads the Assembler's own code back.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> code) : code_(code) {}
  bool done() const { return at_ == code_.size(); }
  size_t at() const { return at_; }
  uint8_t Byte() { return code_[at_++]; }
  uint64_t Unsigned() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint8_t byte = Byte();
      value |= uint64_t{byte & 0x7fu} << shift;
      if (!(byte & 0x80)) return value;
    }
  }
  int64_t Signed() {
    int64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint8_t byte = Byte();
      value |= int64_t{byte & 0x7f} << shift;
      if (byte & 0x80) continue;
      if ((byte & 0x40) && shift + 7 < 64) value |= -(int64_t{1} << (shift + 7));
      return value;
    }
  }

 private:
  std::span<const uint8_t> code_;
  size_t at_ = 0;
};

// One instruction; *indent is the depth for this line, *next for those after.
std::string Disassemble(Reader& reader, int* indent, int* next) {
  const uint8_t byte = reader.Byte();
  switch (byte) {
    case kBlock:
    case kLoop:
    case kIf:
      reader.Byte();
      *next = *indent + 1;
      return byte == kBlock ? "block" : byte == kLoop ? "loop" : "if";
    case kElse:
      --*indent;
      return "else";
    case kEnd:
      *next = --*indent;
      return "end";
    case kBranch:
      return StrCat("br ", reader.Unsigned());
    case kBranchIf:
      return StrCat("br_if ", reader.Unsigned());
    case kCall:
      return StrCat("call ", reader.Unsigned());
    case kLocalGet:
      return StrCat("local.get ", reader.Unsigned());
    case kLocalSet:
      return StrCat("local.set ", reader.Unsigned());
    case kI32Const:
      return StrCat("i32.const ", reader.Signed());
    default:
      break;
  }
  const uint8_t prefix = byte >= 0xfc ? byte : 0;
  const uint64_t code = prefix ? reader.Unsigned() : byte;
  for (size_t i = 0; i < std::size(kOpcodes); ++i) {
    const Opcode& opcode = kOpcodes[i];
    if (opcode.prefix != prefix || opcode.code != code) continue;
    std::string text(kOpcodeNames[i]);
    if (opcode.immediate == Immediate::kMemory || opcode.immediate == Immediate::kMemoryLane) {
      reader.Unsigned();
      StrAppend(&text, " +", reader.Unsigned());
    }
    if (opcode.immediate == Immediate::kLane || opcode.immediate == Immediate::kMemoryLane) {
      StrAppend(&text, " lane ", static_cast<int>(reader.Byte()));
    }
    if (opcode.immediate == Immediate::kShuffle) {
      for (int i = 0; i < 16; ++i) StrAppend(&text, " ", static_cast<int>(reader.Byte()));
    }
    return text;
  }
  WEBHLO_CHECK(false && "an instruction without a row");
  return {};
}

}  // namespace

std::string_view WasmTypeName(WasmType type) {
  switch (type) {
    case WasmType::kI32:
      return "i32";
    case WasmType::kI64:
      return "i64";
    case WasmType::kF32:
      return "f32";
    case WasmType::kF64:
      return "f64";
    case WasmType::kV128:
      return "v128";
  }
  return "";
}

void AppendUnsigned(std::vector<uint8_t>* out, uint64_t value) {
  do {
    const uint8_t byte = value & 0x7f;
    value >>= 7;
    out->push_back(value != 0 ? byte | 0x80 : byte);
  } while (value != 0);
}

void AppendSigned(std::vector<uint8_t>* out, int64_t value) {
  while (true) {
    const uint8_t byte = value & 0x7f;
    value >>= 7;
    const bool done = (value == 0 && !(byte & 0x40)) || (value == -1 && (byte & 0x40));
    out->push_back(done ? byte : byte | 0x80);
    if (done) return;
  }
}

Assembler::Assembler(std::vector<WasmType> parameters)
    : parameters_(std::move(parameters)), locals_(parameters_) {
  frames_.push_back({.loop = false, .unreachable = false, .height = 0});
}

uint32_t Assembler::AddLocal(WasmType type) {
  locals_.push_back(type);
  return static_cast<uint32_t>(locals_.size() - 1);
}

void Assembler::Pop(WasmType type) {
  WEBHLO_CHECK(!frames_.empty() && stack_.size() > frames_.back().height);
  WEBHLO_CHECK(stack_.back() == type);
  stack_.pop_back();
}

void Assembler::Encode(Op op) {
  const Opcode& opcode = OpcodeOf(op);
  WEBHLO_CHECK(!frames_.empty() && !frames_.back().unreachable);
  if (opcode.prefix) Byte(opcode.prefix);
  if (opcode.prefix) {
    AppendUnsigned(&code_, opcode.code);
  } else {
    Byte(static_cast<uint8_t>(opcode.code));
  }
}

void Assembler::ApplyTypes(Op op) {
  const std::string_view types = OpcodeOf(op).types;
  const size_t colon = types.find(':');
  for (size_t i = colon; i-- > 0;) Pop(TypeOf(types[i]));
  for (char c : types.substr(colon + 1)) Push(TypeOf(c));
}

void Assembler::Get(uint32_t local) {
  WEBHLO_CHECK(local < locals_.size());
  Byte(kLocalGet);
  AppendUnsigned(&code_, local);
  Push(locals_[local]);
}

void Assembler::Set(uint32_t local) {
  WEBHLO_CHECK(local < locals_.size());
  Pop(locals_[local]);
  Byte(kLocalSet);
  AppendUnsigned(&code_, local);
}

void Assembler::I32(int32_t value) {
  Byte(kI32Const);
  AppendSigned(&code_, value);
  Push(WasmType::kI32);
}

void Assembler::Do(Op op) {
  WEBHLO_CHECK(OpcodeOf(op).immediate == Immediate::kNone);
  Encode(op);
  ApplyTypes(op);
}

void Assembler::Access(Op op, uint32_t offset) {
  WEBHLO_CHECK(OpcodeOf(op).immediate == Immediate::kMemory);
  Encode(op);
  // The alignment is a promise about speed only; tensors' rows begin anywhere.
  AppendUnsigned(&code_, std::min<int>(OpcodeOf(op).align, 2));
  AppendUnsigned(&code_, offset);
  ApplyTypes(op);
}

void Assembler::Lane(Op op, int lane) {
  WEBHLO_CHECK(OpcodeOf(op).immediate == Immediate::kLane && lane >= 0 && lane < 16);
  Encode(op);
  Byte(static_cast<uint8_t>(lane));
  ApplyTypes(op);
}

void Assembler::AccessLane(Op op, uint32_t offset, int lane) {
  const Opcode& opcode = OpcodeOf(op);
  WEBHLO_CHECK(opcode.immediate == Immediate::kMemoryLane);
  WEBHLO_CHECK(lane >= 0 && lane < (16 >> opcode.align));
  Encode(op);
  AppendUnsigned(&code_, std::min<int>(opcode.align, 2));
  AppendUnsigned(&code_, offset);
  Byte(static_cast<uint8_t>(lane));
  ApplyTypes(op);
}

void Assembler::ShuffleBytes(const std::array<uint8_t, 16>& bytes) {
  Encode(Op::kI8x16Shuffle);
  for (uint8_t byte : bytes) Byte(byte);
  ApplyTypes(Op::kI8x16Shuffle);
}

void Assembler::Shuffle(const std::array<uint8_t, 4>& words) {
  std::array<uint8_t, 16> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<uint8_t>(4 * words[i / 4] + i % 4);
  }
  ShuffleBytes(bytes);
}

void Assembler::Call(uint32_t function, const Signature& signature) {
  Byte(kCall);
  AppendUnsigned(&code_, function);
  for (size_t i = signature.parameters.size(); i-- > 0;) Pop(signature.parameters[i]);
  Push(signature.result);
}

void Assembler::Open(uint8_t opcode, bool loop) {
  WEBHLO_CHECK(!frames_.empty() && !frames_.back().unreachable);
  Byte(opcode);
  Byte(kNoResult);
  frames_.push_back({.loop = loop, .unreachable = false, .height = stack_.size()});
}

void Assembler::Block() { Open(kBlock, false); }
void Assembler::Loop() { Open(kLoop, true); }

void Assembler::If() {
  Pop(WasmType::kI32);
  Open(kIf, false);
}

void Assembler::Else() {
  WEBHLO_CHECK(frames_.size() > 1 && stack_.size() == frames_.back().height);
  frames_.back().unreachable = false;
  Byte(kElse);
}

void Assembler::End() {
  WEBHLO_CHECK(frames_.size() > 1 && stack_.size() == frames_.back().height);
  frames_.pop_back();
  Byte(kEnd);
}

void Assembler::Branch(uint32_t depth) {
  WEBHLO_CHECK(depth < frames_.size() - 1 && stack_.size() == frames_.back().height);
  Byte(kBranch);
  AppendUnsigned(&code_, depth);
  frames_.back().unreachable = true;
}

void Assembler::BranchIf(uint32_t depth) {
  Pop(WasmType::kI32);
  WEBHLO_CHECK(depth < frames_.size() - 1);
  Byte(kBranchIf);
  AppendUnsigned(&code_, depth);
}

void Assembler::Note(std::string text) { notes_.emplace_back(code_.size(), std::move(text)); }

std::string Assembler::Body() const {
  WEBHLO_CHECK(frames_.size() == 1 && stack_.empty());
  // Declarations are runs of equal types.
  std::vector<std::pair<uint32_t, WasmType>> runs;
  for (size_t i = parameters_.size(); i < locals_.size(); ++i) {
    if (runs.empty() || runs.back().second != locals_[i]) runs.emplace_back(0, locals_[i]);
    ++runs.back().first;
  }
  std::vector<uint8_t> body;
  AppendUnsigned(&body, runs.size());
  for (const auto& [count, type] : runs) {
    AppendUnsigned(&body, count);
    body.push_back(static_cast<uint8_t>(type));
  }
  body.insert(body.end(), code_.begin(), code_.end());
  body.push_back(kEnd);
  return std::string(body.begin(), body.end());
}

std::string Assembler::Annotated() const {
  std::string out;
  Reader reader(code_);
  int indent = 0;
  size_t note = 0;
  while (!reader.done()) {
    const size_t begin = reader.at();
    for (; note < notes_.size() && notes_[note].first <= begin; ++note) {
      StrAppend(&out, std::string(28 + 2 * indent, ' '), ";; ", notes_[note].second, "\n");
    }
    int next = indent;
    const std::string text = Disassemble(reader, &indent, &next);
    std::string bytes;
    for (size_t i = begin; i < reader.at(); ++i) StrAppend(&bytes, Hex(code_[i], 2), " ");
    bytes.resize(std::max<size_t>(bytes.size(), 20), ' ');
    StrAppend(&out, Hex(begin, 5), ": ", bytes, " ", std::string(2 * std::max(indent, 0), ' '),
              text, "\n");
    // `else` stands one step out, and what follows it is inside again.
    indent = text == "else" ? indent + 1 : next;
  }
  return out;
}

}  // namespace webhlo::jit
