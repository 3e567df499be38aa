# SPDX-License-Identifier: Apache-2.0
# What nearly every file includes, parsed once: it halves the time that most files take to compile. Off by default, so
# that release builds prove that each file includes what it needs. Boost.Asio is not among them: its headers bring
# objects along that modules without it could not link.
option(ASHLAR_PRECOMPILED "precompile the standard headers and Boost.Describe" OFF)

set(ASHLAR_PRECOMPILED_HEADERS
  <algorithm> <array> <chrono> <expected> <functional> <map> <memory> <optional> <string> <string_view> <unordered_map>
  <variant> <vector> <boost/describe.hpp> <boost/mp11.hpp>)

if(ASHLAR_PRECOMPILED)
  add_library(ashlar_precompiled OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(ashlar_precompiled PRIVATE ashlar_flags Threads::Threads)
  target_precompile_headers(ashlar_precompiled PRIVATE ${ASHLAR_PRECOMPILED_HEADERS})
endif()
if(ASHLAR_TESTS)
  if(ASHLAR_PRECOMPILED)
    set(ASHLAR_PRECOMPILED_TESTS_TOO ${ASHLAR_PRECOMPILED_HEADERS})
  endif()
  add_library(ashlar_precompiled_tests OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(ashlar_precompiled_tests PRIVATE ashlar_flags Threads::Threads GTest::gmock)
  target_precompile_headers(ashlar_precompiled_tests PRIVATE <gtest/gtest.h> <gmock/gmock.h>
    ${ASHLAR_PRECOMPILED_TESTS_TOO})
endif()

# ashlar_precompile(<target>): a library or program of ours.
function(ashlar_precompile target)
  if(ASHLAR_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM ashlar_precompiled)
  endif()
endfunction()
