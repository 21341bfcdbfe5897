# SPDX-License-Identifier: Apache-2.0
# Compiler flags of everything that is the project's own code, as the interface target webhlo_options.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(webhlo_options INTERFACE)
target_include_directories(webhlo_options INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}
                                                    ${CMAKE_CURRENT_BINARY_DIR})
# A designated initializer leaves out what stays at its default, on purpose.
# Contraction would make results depend on the compiler's mood, and LLVM 21 gets it wrong for relaxed
# SIMD (it swaps the operands of relaxed_madd).
target_compile_options(webhlo_options INTERFACE
  -Wall -Wextra -Werror -Wno-missing-field-initializers -ffp-contract=off
  -fno-rtti -ffunction-sections -fdata-sections)

if(EMSCRIPTEN)
  # The same flags for all variants, so that ccache compiles a file once for the four of them. What
  # differs between them is told to the few files that it concerns (cmake/core.cmake) and to the
  # linker. -pthread only turns atomics on, which work in memory of one thread too.
  target_compile_options(webhlo_options INTERFACE -fno-exceptions -msimd128 -pthread)
  target_link_options(webhlo_options INTERFACE -fno-exceptions -fno-rtti
    $<$<BOOL:${WEBHLO_THREADS}>:-pthread>)
else()
  target_compile_options(webhlo_options INTERFACE -fno-omit-frame-pointer
    $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-msse4.2>)
  find_package(Threads REQUIRED)
  target_link_libraries(webhlo_options INTERFACE Threads::Threads)
  target_link_options(webhlo_options INTERFACE -Wl,--gc-sections)
endif()
if(WEBHLO_SANITIZE)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_compile_options(webhlo_options INTERFACE ${sanitizers})
  target_link_options(webhlo_options INTERFACE ${sanitizers})
endif()
