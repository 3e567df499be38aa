# SPDX-License-Identifier: Apache-2.0
find_program(ASHLAR_NPM npm)

# ashlar_npm_tool(<name> <file>...)
# Programs of tests that run on Node.js: files of tools/<name>/ with the packages that its package-lock.json pins, which
# npm fetches into the build tree once, so that the tests need no network. Makes the target ashlar_<name>.
function(ashlar_npm_tool name)
  set(source ${PROJECT_SOURCE_DIR}/tools/${name})
  set(build ${PROJECT_BINARY_DIR}/${name})
  file(MAKE_DIRECTORY ${build})
  add_custom_command(
    OUTPUT ${build}/installed
    COMMAND ${CMAKE_COMMAND} -E copy ${source}/package.json ${source}/package-lock.json ${build}
    COMMAND ${ASHLAR_NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${build}/installed
    DEPENDS ${source}/package.json ${source}/package-lock.json
    WORKING_DIRECTORY ${build}
    COMMENT "Fetching ${name} for the tests"
    VERBATIM)
  set(copies "")
  foreach(file IN LISTS ARGN)
    add_custom_command(
      OUTPUT ${build}/${file}
      COMMAND ${CMAKE_COMMAND} -E copy ${source}/${file} ${build}
      DEPENDS ${source}/${file}
      VERBATIM)
    list(APPEND copies ${build}/${file})
  endforeach()
  string(REPLACE "-" "_" target ashlar_${name})
  add_custom_target(${target} DEPENDS ${build}/installed ${copies})
endfunction()
