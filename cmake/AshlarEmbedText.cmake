# SPDX-License-Identifier: Apache-2.0
# ashlar_embed_text(<target> <file> FUNCTION <name, with its namespace>)
# Compiles a text into the target, as `std::string name()`, which the caller declares. A changed file is compiled in by
# the next build.
set(ASHLAR_EMBED_TEXT_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/EmbedText.cmake)

function(ashlar_embed_text target file)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "FUNCTION" "")
  if(NOT arg_FUNCTION)
    message(FATAL_ERROR "ashlar_embed_text: FUNCTION is missing")
  endif()
  get_filename_component(file ${file} ABSOLUTE)
  string(REPLACE "::" "_" file_name ${arg_FUNCTION})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${file_name}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D FILE=${file} -D FUNCTION=${arg_FUNCTION} -D OUTPUT=${output}
            -P ${ASHLAR_EMBED_TEXT_SCRIPT}
    DEPENDS ${file} ${ASHLAR_EMBED_TEXT_SCRIPT} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedLiterals.cmake
    COMMENT "Embedding ${file}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
