# SPDX-License-Identifier: Apache-2.0
# Run by ashlar_embed_text: writes FILE as the C++ function FUNCTION into OUTPUT.
cmake_policy(VERSION 3.25)

# Compilers need not take literals of more than 65,536 characters.
file(READ ${FILE} rest)
if(rest MATCHES "\\)ashlar_text\"")
  message(FATAL_ERROR "${FILE}: )ashlar_text\" cannot stand in an embedded text")
endif()
set(code "")
while(NOT rest STREQUAL "")
  string(SUBSTRING "${rest}" 0 8000 piece)
  string(LENGTH "${piece}" cut)
  string(SUBSTRING "${rest}" ${cut} -1 rest)
  string(APPEND code "  text.append(R\"ashlar_text(${piece})ashlar_text\");\n")
endwhile()
string(REGEX REPLACE "::[^:]*$" "" namespace ${FUNCTION})
string(REGEX REPLACE "^.*::" "" function ${FUNCTION})
file(WRITE ${OUTPUT} "// Generated from ${FILE}; not to be edited.
#include <string>

namespace ${namespace} {

std::string ${function}();
std::string ${function}() {
  std::string text;
${code}  return text;
}

}  // namespace ${namespace}
")
