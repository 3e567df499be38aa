# SPDX-License-Identifier: Apache-2.0
# The files of GET /docs as objects in ashlar_web, so that the server stays one binary: Swagger UI, fetched by npm in the
# version that tools/docs-page pins, and our own from ashlar/web/docs_page.
# Without ASHLAR_DOCS_PAGE the page is left out, and GET /docs says so.
if(NOT ASHLAR_DOCS_PAGE OR NOT TARGET ashlar_web)
  return()
endif()
find_program(ASHLAR_NPM npm)
find_program(ASHLAR_LD NAMES ld REQUIRED)
find_program(ASHLAR_OBJCOPY NAMES objcopy llvm-objcopy-19 llvm-objcopy REQUIRED)
if(NOT ASHLAR_NPM)
  message(FATAL_ERROR "npm is not there. The docs page needs it to fetch Swagger UI: install nodejs and npm (apt-get install nodejs npm), use ./run, which does, or build without the page: -D ASHLAR_DOCS_PAGE=OFF.")
endif()

set(docs_build ${PROJECT_BINARY_DIR}/docs-page)
set(swagger_ui ${docs_build}/node_modules/swagger-ui-dist)
file(MAKE_DIRECTORY ${docs_build}/embedded)
add_custom_command(
  OUTPUT ${swagger_ui}/swagger-ui-bundle.js ${swagger_ui}/swagger-ui.css
  COMMAND ${CMAKE_COMMAND} -E copy ${PROJECT_SOURCE_DIR}/tools/docs-page/package.json
          ${PROJECT_SOURCE_DIR}/tools/docs-page/package-lock.json ${docs_build}
  COMMAND ${ASHLAR_NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
  COMMAND ${CMAKE_COMMAND} -E touch ${swagger_ui}/swagger-ui-bundle.js ${swagger_ui}/swagger-ui.css
  DEPENDS ${PROJECT_SOURCE_DIR}/tools/docs-page/package.json ${PROJECT_SOURCE_DIR}/tools/docs-page/package-lock.json
  WORKING_DIRECTORY ${docs_build}
  COMMENT "Fetching Swagger UI for the docs page"
  VERBATIM)

# The linker names the symbols after the file as it is given to it: _binary_docs_js_start, _binary_docs_js_end.
foreach(file ${swagger_ui}/swagger-ui-bundle.js ${swagger_ui}/swagger-ui.css
        ${PROJECT_SOURCE_DIR}/ashlar/web/docs_page/docs.html ${PROJECT_SOURCE_DIR}/ashlar/web/docs_page/docs.js
        ${PROJECT_SOURCE_DIR}/ashlar/web/docs_page/docs.css)
  get_filename_component(name ${file} NAME)
  get_filename_component(folder ${file} DIRECTORY)
  set(object ${docs_build}/embedded/${name}.o)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${ASHLAR_LD} -r -b binary -z noexecstack -o ${object} ${name}
    COMMAND ${ASHLAR_OBJCOPY} --rename-section .data=.rodata,alloc,load,readonly,data,contents ${object}
    DEPENDS ${file}
    WORKING_DIRECTORY ${folder}
    VERBATIM)
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  target_sources(ashlar_web PRIVATE ${object})
endforeach()
set_source_files_properties(${PROJECT_SOURCE_DIR}/ashlar/web/docs.cpp PROPERTIES COMPILE_DEFINITIONS ASHLAR_DOCS_PAGE)
