# SPDX-License-Identifier: Apache-2.0
# Compiles FILE, which must fail with the words after "// refused: "; a file with "// accepted" must compile, so that the
# others are known to fail for their own reasons.
file(STRINGS ${FILE} lines REGEX "^// (refused: |accepted)")
list(GET lines 0 line)
execute_process(
  COMMAND ${COMPILER} -std=c++23 -fsyntax-only -I${INCLUDE} -DBOOST_ASIO_SEPARATE_COMPILATION -DBOOST_ASIO_NO_DEPRECATED
          -DBOOST_ASIO_DISABLE_BOOST_COROUTINE ${FILE}
  RESULT_VARIABLE failed
  OUTPUT_VARIABLE said
  ERROR_VARIABLE said)
if(line STREQUAL "// accepted")
  if(failed)
    message(FATAL_ERROR "must compile:\n${said}")
  endif()
  return()
endif()
string(REPLACE "// refused: " "" words "${line}")
if(NOT failed)
  message(FATAL_ERROR "compiles, and must not")
endif()
string(FIND "${said}" "${words}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "fails without saying \"${words}\":\n${said}")
endif()
