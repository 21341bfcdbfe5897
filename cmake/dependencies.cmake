# SPDX-License-Identifier: Apache-2.0
# Third-party code as targets: flatbuffers, doctest (host's packages, headers only), highway (headers
# only, static dispatch), xnnpack (built by cmake/xnnpack for this target beforehand).
find_program(WEBHLO_FLATC flatc REQUIRED)

# A cross compiler must not see all of the host's headers, only these two folders.
foreach(name flatbuffers doctest)
  find_path(WEBHLO_${name}_INCLUDE NAMES ${name} PATHS /usr/include REQUIRED NO_CMAKE_FIND_ROOT_PATH)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include/${name})
  file(CREATE_LINK ${WEBHLO_${name}_INCLUDE}/${name} ${CMAKE_BINARY_DIR}/include/${name}/${name}
       SYMBOLIC)
  add_library(${name} INTERFACE)
  target_include_directories(${name} SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/include/${name})
endforeach()

add_library(highway INTERFACE)
target_include_directories(highway SYSTEM INTERFACE ${WEBHLO_SOURCES}/highway)
target_compile_definitions(highway INTERFACE HWY_COMPILE_ONLY_STATIC)

add_library(xnnpack INTERFACE)
target_include_directories(xnnpack SYSTEM INTERFACE ${WEBHLO_SOURCES}/xnnpack/include
                                                    ${WEBHLO_SOURCES}/pthreadpool/include)
target_link_libraries(xnnpack INTERFACE ${WEBHLO_XNNPACK}/libxnnpack.a)
