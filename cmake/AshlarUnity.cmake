# SPDX-License-Identifier: Apache-2.0
# Several sources compiled as one: most of a compiler's time goes into the headers that they share. Off by default, so
# that a changed file is compiled alone in seconds, and so that each file proves that it includes what it needs.
option(ASHLAR_UNITY "compile the sources of a target in batches; needs Python" OFF)

set(ASHLAR_UNITY_TOOL ${PROJECT_SOURCE_DIR}/tools/unity/batches.py)
if(ASHLAR_UNITY)
  find_program(ASHLAR_PYTHON python3 REQUIRED)
  # A parameter may have the name of a constant in another file of the batch; builds of single files look for shadowing.
  target_compile_options(ashlar_flags INTERFACE -Wno-shadow)
endif()

# ashlar_unity(<target> <source>...)
# Compiles these sources of the target in batches whose names do not clash. CMake runs again after a change of a source,
# since that may have brought in a name that clashes.
function(ashlar_unity target)
  if(NOT ASHLAR_UNITY)
    return()
  endif()
  set(sources ${ARGN})
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  list(TRANSFORM sources REPLACE "^([^/].*)$" "${CMAKE_CURRENT_SOURCE_DIR}/\\1")
  execute_process(COMMAND ${ASHLAR_PYTHON} ${ASHLAR_UNITY_TOOL} ${PROJECT_SOURCE_DIR} ${sources}
    OUTPUT_VARIABLE batches COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" lines "${batches}")
  foreach(line ${lines})
    string(REGEX MATCH "^([0-9]+) (.*)$" found "${line}")
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${target}_${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources} ${ASHLAR_UNITY_TOOL})
endfunction()
