# SPDX-License-Identifier: Apache-2.0
# Run by cli/CMakeLists.txt: writes the files of FOLDER as the C++ function ashlar::cli::templates() into OUTPUT.
cmake_policy(VERSION 3.25)
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*.in)
list(SORT files)
set(text "// Generated from ${FOLDER}; not to be edited.\n#include \"cli/templates.hpp\"\n
namespace ashlar::cli {\n
std::span<const Template> templates() {\n  static constexpr Template all[] = {\n")
foreach(file ${files})
  file(READ ${FOLDER}/${file} content)
  string(LENGTH "${content}" length)
  if(length GREATER 16000 OR content MATCHES "\\)template\"")
    message(FATAL_ERROR "${file}: a template has at most 16,000 bytes, without )template\"")
  endif()
  string(REGEX REPLACE "\\.in$" "" name ${file})
  string(APPEND text "      {\"${name}\", R\"template(${content})template\"},\n")
endforeach()
# The tables of ashlar/jobs are the first migration of a new project.
foreach(part sqlite.up sqlite.down postgres.up postgres.down)
  file(READ ${JOBS}.${part}.sql content)
  # Rows for the reference backend's own table.
  string(REGEX REPLACE "(insert into|delete from) permissions [^;]*;\n+" "" content "${content}")
  if(content MATCHES "permissions|@|\\)template\"")
    message(FATAL_ERROR "${JOBS}.${part}.sql cannot be a template")
  endif()
  string(APPEND text "      {\"project/migrations/0001_jobs.${part}.sql\", R\"template(${content})template\"},\n")
endforeach()
string(APPEND text "  };\n  return all;\n}\n\n}  // namespace ashlar::cli\n")
file(WRITE ${OUTPUT} "${text}")
