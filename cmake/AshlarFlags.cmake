# SPDX-License-Identifier: Apache-2.0
# The language, and two sets of flags. ashlar_usage is what a program has to share with the library, and is installed with
# it. ashlar_flags adds our warnings, hardening and linker; it is for our own targets and never reaches a program of others.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
  endif()
  find_program(CCACHE ccache)
  if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  endif()
endif()

add_library(ashlar_usage INTERFACE)
add_library(ashlar::usage ALIAS ashlar_usage)
set_target_properties(ashlar_usage PROPERTIES EXPORT_NAME usage)
target_compile_features(ashlar_usage INTERFACE cxx_std_23)
# Asio's definitions change the layout of its classes.
set(ASHLAR_DEFINITIONS BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
  SPDLOG_FMT_EXTERNAL)
target_compile_definitions(ashlar_usage INTERFACE ${ASHLAR_DEFINITIONS})
target_include_directories(ashlar_usage INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)

# A sanitizer must see all of a program, so an instrumented library passes its flags on.
set(ASHLAR_SANITIZER_FLAGS "")
if(ASHLAR_SANITIZE STREQUAL "address")
  set(ASHLAR_SANITIZER_FLAGS -fsanitize=address,undefined)
elseif(ASHLAR_SANITIZE STREQUAL "thread")
  set(ASHLAR_SANITIZER_FLAGS -fsanitize=thread)
endif()
if(ASHLAR_FUZZ)
  set(ASHLAR_SANITIZER_FLAGS -fsanitize=address,undefined)
  target_compile_options(ashlar_usage INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(ASHLAR_SANITIZER_FLAGS)
  target_compile_options(ashlar_usage INTERFACE ${ASHLAR_SANITIZER_FLAGS} -fno-sanitize-recover=all)
  target_link_options(ashlar_usage INTERFACE ${ASHLAR_SANITIZER_FLAGS})
endif()

add_library(ashlar_flags INTERFACE)
target_link_libraries(ashlar_flags INTERFACE ashlar_usage)
target_compile_options(ashlar_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${PROJECT_IS_TOP_LEVEL}>:-Werror> -fno-omit-frame-pointer)
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

# ashlar_private_flags(<target>): the flags of ashlar_flags for the sources of a library, not for what links it.
function(ashlar_private_flags target)
  target_compile_options(${target} PRIVATE $<TARGET_PROPERTY:ashlar_flags,INTERFACE_COMPILE_OPTIONS>)
  target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:ashlar_flags,INTERFACE_COMPILE_DEFINITIONS>)
endfunction()
