# SPDX-License-Identifier: Apache-2.0
# ashlar_embed_migrations(<target> <folder> FUNCTION <name, with its namespace>)
# Compiles the migrations of a folder into the target, as `std::span<const ashlar::sql::Migration> name(
# ashlar::sql::Dialect)`, which the caller declares. Files are NNNN_name.<sqlite|postgres>.<up|down>.sql; a migration
# without a down file has no way back. A changed file is compiled in by the next build.
function(ashlar_embed_migrations target folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "FUNCTION" "")
  if(NOT arg_FUNCTION)
    message(FATAL_ERROR "ashlar_embed_migrations: FUNCTION is missing")
  endif()
  get_filename_component(folder ${folder} ABSOLUTE)
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedMigrations.cmake)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
  string(SHA256 names "${files}")  # a part of the command: a file that was renamed or removed has it run again
  string(REPLACE "::" "_" file_name ${arg_FUNCTION})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${file_name}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D FOLDER=${folder} -D FUNCTION=${arg_FUNCTION} -D OUTPUT=${output} -D NAMES=${names}
            -P ${script}
    DEPENDS ${files} ${script} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedLiterals.cmake
    COMMENT "Embedding the migrations of ${folder}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
