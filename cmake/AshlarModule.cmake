# SPDX-License-Identifier: Apache-2.0
# ashlar_module(<name> [MODULES <module>...] [LIBRARIES <target>...] [TOGETHER <filter>] [TESTS_EXCEPT <regex>])
# A folder below ashlar/ as a library: every .cpp in it but the tests; every *_test.cpp as the test program <name>_tests,
# but those whose paths match TESTS_EXCEPT.
function(ashlar_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TOGETHER;TESTS_EXCEPT" "MODULES;LIBRARIES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/ashlar/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(arg_TESTS_EXCEPT)
    list(FILTER tests EXCLUDE REGEX "${arg_TESTS_EXCEPT}")
  endif()

  if(sources)
    add_library(ashlar_${name} STATIC ${sources})
    ashlar_precompile(ashlar_${name})
    ashlar_unity(ashlar_${name} ${sources})
    set(scope PUBLIC)
  else()
    add_library(ashlar_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(ashlar::${name} ALIAS ashlar_${name})
  target_link_libraries(ashlar_${name} ${scope} ashlar_flags ${arg_LIBRARIES})
  foreach(module ${arg_MODULES})
    target_link_libraries(ashlar_${name} ${scope} ashlar_${module})
  endforeach()

  if(ASHLAR_TESTS AND tests)
    ashlar_test(${name}_tests SOURCES ${tests} LIBRARIES ashlar_${name} TOGETHER "${arg_TOGETHER}")
  endif()
endfunction()

set(ASHLAR_TEST_SHARDS 0 CACHE STRING "processes that the tests of a program share; 0: each test has its own")

# ashlar_test(<name> SOURCES <file>... [LIBRARIES <target>...] [TOGETHER <filter>])
# A GoogleTest program. Its tests run in parallel and in any order: each as one of ctest's, or in ASHLAR_TEST_SHARDS
# processes, which start under a sanitizer once instead of once a test, and share the servers that their tests need. The
# tests of the filter always share one process, <name>.together: their server takes longer to start than they do.
function(ashlar_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TOGETHER" "SOURCES;LIBRARIES")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ashlar_flags ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM ashlar_precompiled_tests)
  ashlar_unity(${name} ${arg_SOURCES})
  if(arg_TOGETHER)
    add_test(NAME ${name}.together COMMAND ${name} --gtest_brief=1 --gtest_shuffle "--gtest_filter=${arg_TOGETHER}")
    set_tests_properties(${name}.together PROPERTIES TIMEOUT 1200 COST 100)
    set(others "-${arg_TOGETHER}")
  endif()
  if(ASHLAR_TEST_SHARDS EQUAL 0)
    if(arg_TOGETHER)
      set(others TEST_FILTER ${others})
    endif()
    gtest_discover_tests(${name} TEST_PREFIX ${name}. ${others} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
    return()
  endif()
  math(EXPR last "${ASHLAR_TEST_SHARDS} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}.shard_${shard} COMMAND ${name} --gtest_brief=1 --gtest_shuffle "--gtest_filter=*${others}")
    set_tests_properties(${name}.shard_${shard} PROPERTIES TIMEOUT 1200 COST 10
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${ASHLAR_TEST_SHARDS};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()

# ashlar_test_on_postgres(<name> [<filter>])
# The tests of <name> once more, on PostgreSQL: in four parts, each of which shares one server.
function(ashlar_test_on_postgres name)
  foreach(shard RANGE 3)
    set(test ${name}.postgres_${shard})
    add_test(NAME ${test} COMMAND ${name} --gtest_brief=1 "--gtest_filter=*${ARGV1}")
    set_tests_properties(${test} PROPERTIES TIMEOUT 1200 COST 100
      ENVIRONMENT "ASHLAR_TEST_DATABASE=postgres;GTEST_TOTAL_SHARDS=4;GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()

# ashlar_test_on_redis(<name> [<filter>])
# The tests of <name> again with Redis and SQLite, and with Redis and PostgreSQL.
function(ashlar_test_on_redis name)
  foreach(database sqlite postgres)
    set(test ${name}.redis_and_${database})
    add_test(NAME ${test} COMMAND ${name} --gtest_brief=1 "--gtest_filter=*${ARGV1}")
    set_tests_properties(${test} PROPERTIES TIMEOUT 1200 COST 100
      ENVIRONMENT "ASHLAR_TEST_REDIS=yes;ASHLAR_TEST_DATABASE=${database}")
  endforeach()
endfunction()
