# SPDX-License-Identifier: Apache-2.0
# Run by ashlar_embed_text: writes FILE as the C++ function FUNCTION into OUTPUT.
cmake_policy(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/EmbedLiterals.cmake)
ashlar_text_literals(code ${FILE})
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
