# SPDX-License-Identifier: Apache-2.0
# webhlo_core: every source file under core/, whatever files there are, and what is generated for it:
#   core/ops/op_table.inc         one line WEBHLO_OPS(name) for each core/ops/name.cc but the table
#   core/graph/op_names.inc       see cmake/op_names.cmake
#   core/F/name_generated.h       from core/F/name.fbs (the schemas of model/ and import/)
file(GLOB_RECURSE core_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} core/*.cc)
file(GLOB op_sources CONFIGURE_DEPENDS core/ops/*.cc)
list(FILTER op_sources EXCLUDE REGEX "/op_table\\.cc$")
file(GLOB schemas CONFIGURE_DEPENDS core/model/*.fbs core/import/*.fbs)
set(headers "")

set(table "")
foreach(file ${op_sources})
  get_filename_component(name ${file} NAME_WE)
  string(APPEND table "WEBHLO_OPS(${name})\n")
endforeach()
file(CONFIGURE OUTPUT core/ops/op_table.inc CONTENT "${table}" @ONLY)

include(op_names)

add_library(webhlo_core STATIC ${core_sources})
# XNNPACK calls back into core/threads: the linker looks into webhlo_core again after it.
target_link_libraries(webhlo_core PUBLIC webhlo_options flatbuffers highway xnnpack
                      INTERFACE $<TARGET_FILE:webhlo_core>)
target_compile_options(webhlo_core PRIVATE -fno-exceptions)
if(EMSCRIPTEN)
  # A page downloads all of it: small is fast, except where the time goes.
  file(GLOB_RECURSE loop_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}
       core/kernels/*.cc core/threads/*.cc core/runtime/executable.cc core/graph/tensor.cc)
  # Of the kernels' files those that choose, and that set up another library's operators, are no loops.
  list(FILTER loop_sources EXCLUDE REGEX "/(choice|compact_kernel|kernel|panels_kernel|sizes|xnnpack)\\.cc$")
  # Loops that are written out as vectors gain nothing from what -O2 makes of them.
  file(GLOB tile_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}
       core/ops/elementwise_*.cc core/kernels/fft/loops.cc core/kernels/matmul/products.cc
       core/kernels/matmul/compact.cc core/kernels/matmul/compact_row.cc core/kernels/encoded_weights.cc
       core/kernels/moves/strided_copy.cc core/kernels/convolution/winograd.cc
       core/kernels/window_fold.cc core/kernels/iota.cc core/kernels/triangular.cc
       core/kernels/running.cc core/kernels/top_k.cc core/kernels/roofline.cc
       core/kernels/matmul/attention.cc core/kernels/matmul/few_rows.cc core/kernels/matmul/panels.cc
       core/kernels/matmul/tiled.cc core/kernels/matmul/tiles.cc core/kernels/convolution/tiled.cc
       core/kernels/convolution/depthwise.cc core/kernels/convolution/patches.cc
       core/kernels/channel_steps.cc core/kernels/extreme.cc core/kernels/fold.cc
       core/kernels/moves/places.cc core/kernels/race.cc core/runtime/executable.cc
       core/graph/tensor.cc core/threads/pthreadpool.cc)
  list(REMOVE_ITEM loop_sources ${tile_sources})
  set_source_files_properties(${loop_sources} PROPERTIES COMPILE_OPTIONS -O2)
  # Many instances of loops that wait for memory: copies of their bodies would only be more code.
  set_source_files_properties(
    core/kernels/reduce.cc core/kernels/pool2d.cc core/kernels/pool_gradient.cc
    core/kernels/moves/gather.cc core/kernels/moves/scatter.cc core/kernels/sort/slices.cc
    PROPERTIES COMPILE_OPTIONS "-O2;-fno-unroll-loops")
  set_source_files_properties(${tile_sources} PROPERTIES COMPILE_OPTIONS -Os)
  # What a variant is: the kernels' instructions, and two files that know whether there are threads.
  set(variant_sources core/threads/thread_pool.cc core/jit/install.cc)
  if(WEBHLO_THREADS)
    set_property(SOURCE ${variant_sources} APPEND PROPERTY COMPILE_DEFINITIONS WEBHLO_THREADS)
  endif()
  if(WEBHLO_SIMD STREQUAL relaxed)
    set_property(SOURCE ${loop_sources} ${tile_sources} ${variant_sources}
                 APPEND PROPERTY COMPILE_OPTIONS -mrelaxed-simd)
  endif()
endif()

foreach(schema ${schemas})
  get_filename_component(name ${schema} NAME_WE)
  get_filename_component(folder ${schema} DIRECTORY)
  file(RELATIVE_PATH folder ${CMAKE_CURRENT_SOURCE_DIR} ${folder})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${folder})
  set(header ${folder}/${name}_generated.h)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${WEBHLO_FLATC} --cpp --scoped-enums -o ${folder} ${schema}
    DEPENDS ${schema}
    VERBATIM)
  list(APPEND headers ${header})
endforeach()
add_custom_target(webhlo_schemas DEPENDS ${headers})
add_dependencies(webhlo_core webhlo_schemas)
