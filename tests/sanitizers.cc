// SPDX-License-Identifier: Apache-2.0
// Settings of the sanitizers for test programs, linked into them when they are built with any: a
// failed allocation returns null as it does in WebAssembly, memory has a bound, and what is
// allocated is full of NaN and -1, so that a reference that leaves a result unwritten shows.
extern "C" {

const char* __asan_default_options() {
  return "allocator_may_return_null=1:hard_rss_limit_mb=4096:detect_stack_use_after_return=1:"
         "malloc_fill_byte=255:max_malloc_fill_size=16777216";
}

const char* __ubsan_default_options() { return "print_stacktrace=1"; }

}  // extern "C"
