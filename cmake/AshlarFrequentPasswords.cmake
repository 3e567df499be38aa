# SPDX-License-Identifier: Apache-2.0
# The list of frequent passwords (ashlar/auth/detail/frequent_passwords.hpp), taken from Debian's python3-zxcvbn at build time.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(ASHLAR_PASSWORD_LIST /usr/lib/python3/dist-packages/zxcvbn/frequency_lists.py CACHE FILEPATH
  "the frequency lists of python3-zxcvbn")
if(NOT EXISTS ${ASHLAR_PASSWORD_LIST})
  message(FATAL_ERROR "${ASHLAR_PASSWORD_LIST} is missing: apt-get install python3-zxcvbn")
endif()

set(output ${PROJECT_BINARY_DIR}/generated/auth_frequent_passwords.cpp)
set(script ${PROJECT_SOURCE_DIR}/cmake/embed_frequent_passwords.py)
add_custom_command(OUTPUT ${output}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/generated
  COMMAND ${Python3_EXECUTABLE} ${script} ${ASHLAR_PASSWORD_LIST} ${output}
  DEPENDS ${script} ${ASHLAR_PASSWORD_LIST} VERBATIM)
target_sources(ashlar_auth PRIVATE ${output})
