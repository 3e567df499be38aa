# SPDX-License-Identifier: Apache-2.0
# The language and the warnings that every target of ours is built with.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

add_library(ashlar_flags INTERFACE)
target_compile_options(ashlar_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Werror -fno-omit-frame-pointer)
target_compile_definitions(ashlar_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE SPDLOG_FMT_EXTERNAL)
target_include_directories(ashlar_flags INTERFACE ${CMAKE_SOURCE_DIR})
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_link_options(ashlar_flags INTERFACE -fuse-ld=lld)
  target_compile_options(ashlar_flags INTERFACE -fpch-instantiate-templates -Xclang -fno-pch-timestamp)
endif()

# What is served is hardened: checked containers, checked buffers, addresses that cannot be guessed, tables that cannot be
# written. Debug builds have the checks of the containers, too.
target_compile_definitions(ashlar_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_options(ashlar_flags INTERFACE
  $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -ffunction-sections -fdata-sections>)
target_link_options(ashlar_flags INTERFACE
  $<$<CONFIG:Release>:-pie -Wl,-z,relro,-z,now -Wl,--gc-sections>)

if(ASHLAR_SANITIZE STREQUAL "address")
  target_compile_options(ashlar_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(ashlar_flags INTERFACE -fsanitize=address,undefined)
elseif(ASHLAR_SANITIZE STREQUAL "thread")
  target_compile_options(ashlar_flags INTERFACE -fsanitize=thread)
  target_link_options(ashlar_flags INTERFACE -fsanitize=thread)
endif()

if(ASHLAR_FUZZ)
  target_compile_options(ashlar_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(ashlar_flags INTERFACE -fsanitize=address,undefined)
endif()
