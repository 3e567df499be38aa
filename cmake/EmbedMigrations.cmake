# SPDX-License-Identifier: Apache-2.0
# Run by ashlar_embed_migrations: writes the migrations of FOLDER as the C++ function FUNCTION into OUTPUT.
cmake_policy(VERSION 3.25)

# Text as C++ string literals joined at run time: compilers need not take literals of more than 65,536 characters.
function(append_literals file variable_prefix)
  file(READ ${file} rest)
  if(rest MATCHES "\\)ashlar_sql\"")
    message(FATAL_ERROR "${file}: )ashlar_sql\" cannot stand in a migration")
  endif()
  set(code "${variable_prefix}")
  while(NOT rest STREQUAL "")
    string(LENGTH "${rest}" length)
    set(cut ${length})
    if(length GREATER 8000)
      string(SUBSTRING "${rest}" 0 8000 piece)
      string(FIND "${piece}" "\n" newline REVERSE)
      if(newline EQUAL -1)
        message(FATAL_ERROR "${file}: a line of more than 8000 bytes")
      endif()
      math(EXPR cut "${newline} + 1")
    endif()
    string(SUBSTRING "${rest}" 0 ${cut} piece)
    string(SUBSTRING "${rest}" ${cut} -1 rest)
    string(APPEND code "    text.append(R\"ashlar_sql(${piece})ashlar_sql\");\n")
  endwhile()
  set(code "${code}" PARENT_SCOPE)
endfunction()

function(append_dialect dialect)
  set(code "")
  file(GLOB files ${FOLDER}/*.${dialect}.up.sql)
  list(SORT files COMPARE NATURAL)
  foreach(up ${files})
    get_filename_component(name ${up} NAME)
    if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)\\.${dialect}\\.up\\.sql$")
      message(FATAL_ERROR "${up}: the name must be NNNN_name.${dialect}.up.sql")
    endif()
    set(number ${CMAKE_MATCH_1})
    set(label ${CMAKE_MATCH_2})
    string(REGEX REPLACE "^0+" "" number ${number})
    set(all "${all}  {\n    auto& out = migrations.emplace_back();\n    out.number = ${number};\n    out.name = \"${label}\";\n")
    append_literals(${up} "    std::string& text = out.up;\n")
    string(APPEND all "${code}  }\n")
    string(REPLACE ".up.sql" ".down.sql" down ${up})
    if(EXISTS ${down})
      append_literals(${down} "  {\n    std::string& text = migrations.back().down;\n")
      string(APPEND all "${code}  }\n")
    endif()
  endforeach()
  set(${dialect} "std::vector<ashlar::sql::Migration> ${dialect}_migrations() {\n  std::vector<ashlar::sql::Migration> migrations;\n${all}  return migrations;\n}\n" PARENT_SCOPE)
endfunction()

append_dialect(sqlite)
append_dialect(postgres)

string(REGEX REPLACE "::[^:]*$" "" namespace ${FUNCTION})
string(REGEX REPLACE "^.*::" "" function ${FUNCTION})
set(text "// Generated from ${FOLDER}; not to be edited.
#include \"ashlar/sql/migrations.hpp\"

namespace ${namespace} {
namespace {

${sqlite}
${postgres}
}  // namespace

std::span<const ashlar::sql::Migration> ${function}(ashlar::sql::Dialect dialect);
std::span<const ashlar::sql::Migration> ${function}(ashlar::sql::Dialect dialect) {
  if (dialect == ashlar::sql::Dialect::sqlite) {
    static const auto all = sqlite_migrations();
    return all;
  }
  static const auto all = postgres_migrations();
  return all;
}

}  // namespace ${namespace}
")
file(WRITE ${OUTPUT} "${text}")
