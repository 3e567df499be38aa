# SPDX-License-Identifier: Apache-2.0
# Run by ashlar_embed_migrations: writes the migrations of FOLDER as the C++ function FUNCTION into OUTPUT.
cmake_policy(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/EmbedLiterals.cmake)

function(append_dialect dialect)
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
    ashlar_text_literals(code ${up})
    string(APPEND all "    std::string& text = out.up;\n${code}  }\n")
    string(REPLACE ".up.sql" ".down.sql" down ${up})
    if(EXISTS ${down})
      ashlar_text_literals(code ${down})
      string(APPEND all "  {\n    std::string& text = migrations.back().down;\n${code}  }\n")
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
