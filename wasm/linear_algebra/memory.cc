// SPDX-License-Identifier: Apache-2.0
//
// The memory of this module is a stack: what a call allocates lies above the last block, and Reset
// gives back all that any call has taken. So whatever stops a call in the middle (it does not fit,
// a trap) leaves nothing behind, and memory is as large as the largest call wanted it.
#include <cstddef>
#include <cstdint>
#include <new>

extern "C" {
extern unsigned char __heap_base;

// Throws in JavaScript (js/src/linear_algebra.ts).
[[noreturn]] __attribute__((import_module("env"), import_name("outOfMemory"))) void OutOfMemory();
}

namespace webhlo {
namespace {

constexpr size_t kAlign = 16;
constexpr size_t kPage = 65536;

// In front of each block.
struct alignas(kAlign) Header {
  Header* previous;
  bool freed;
};

Header* last = nullptr;
uintptr_t top = 0;

constexpr uint64_t Align(uint64_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

uintptr_t Bottom() {
  return static_cast<uintptr_t>(Align(reinterpret_cast<uintptr_t>(&__heap_base)));
}

bool Reach(uint64_t end) {
  const uint64_t pages = __builtin_wasm_memory_size(0);
  const uint64_t wanted = (end + kPage - 1) / kPage;
  return wanted <= pages ||
         (wanted <= 65536 && __builtin_wasm_memory_grow(0, wanted - pages) != SIZE_MAX);
}

}  // namespace
}  // namespace webhlo

extern "C" {

void* malloc(size_t size) {
  using namespace webhlo;
  const uintptr_t begin = top == 0 ? Bottom() : top;
  const uint64_t end = begin + sizeof(Header) + Align(size);
  // The last page is left out: its end is no address.
  if (end > UINT32_MAX - kPage || !Reach(end)) return nullptr;
  Header* header = reinterpret_cast<Header*>(begin);
  *header = {last, false};
  last = header;
  top = static_cast<uintptr_t>(end);
  return header + 1;
}

// A block goes when all above it have gone.
void free(void* pointer) {
  using namespace webhlo;
  if (pointer == nullptr) return;
  static_cast<Header*>(pointer)[-1].freed = true;
  for (; last != nullptr && last->freed; last = last->previous) {
    top = reinterpret_cast<uintptr_t>(last);
  }
}

void Reset() {
  webhlo::last = nullptr;
  webhlo::top = 0;
}

}  // extern "C"

void* operator new(size_t size) {
  void* pointer = malloc(size);
  if (pointer == nullptr) OutOfMemory();
  return pointer;
}
void operator delete(void* pointer) noexcept { free(pointer); }
void operator delete(void* pointer, size_t) noexcept { free(pointer); }
