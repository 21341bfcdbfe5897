# SPDX-License-Identifier: Apache-2.0
# webhlo_core: every source file under core/, whatever files there are, and what is generated for it:
#   core/ops/op_table.inc         one line WEBHLO_OPS(name) for each core/ops/name.cc but the table
#   core/model/model_generated.h  from core/model/model.fbs
file(GLOB_RECURSE core_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} core/*.cc)
file(GLOB op_sources CONFIGURE_DEPENDS core/ops/*.cc)
list(FILTER op_sources EXCLUDE REGEX "/op_table\\.cc$")
file(GLOB schema CONFIGURE_DEPENDS core/model/model.fbs)

set(table "")
foreach(file ${op_sources})
  get_filename_component(name ${file} NAME_WE)
  string(APPEND table "WEBHLO_OPS(${name})\n")
endforeach()
file(CONFIGURE OUTPUT core/ops/op_table.inc CONTENT "${table}" @ONLY)

add_library(webhlo_core STATIC ${core_sources})
target_link_libraries(webhlo_core PUBLIC webhlo_options flatbuffers highway xnnpack)
target_compile_options(webhlo_core PRIVATE -fno-exceptions)

if(schema)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/core/model/model_generated.h)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${WEBHLO_FLATC} --cpp --scoped-enums -o ${CMAKE_CURRENT_BINARY_DIR}/core/model ${schema}
    DEPENDS ${schema}
    VERBATIM)
  add_custom_target(webhlo_schema DEPENDS ${header})
  add_dependencies(webhlo_core webhlo_schema)
endif()
