# SPDX-License-Identifier: Apache-2.0
# Installs modules: libraries, headers, a CMake package with the modules as its components, and a file for pkg-config each.
# What a module needs is recorded as it is declared, so that no list is kept by hand.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(ASHLAR_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ashlar)

# ashlar_install_module(<name> <modules> <libraries>): called by ashlar_module().
function(ashlar_install_module name modules libraries)
  if(NOT ASHLAR_INSTALL)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY ASHLAR_INSTALLED_MODULES ${name})
  set_property(GLOBAL APPEND_STRING PROPERTY ASHLAR_INSTALLED_NEEDS
    "set(ashlar_${name}_MODULES ${modules})\nset(ashlar_${name}_LIBRARIES ${libraries})\n")
  install(TARGETS ashlar_${name} EXPORT ashlar ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/ashlar/${name}/*.hpp)
  foreach(header ${headers})
    get_filename_component(folder ${header} DIRECTORY)
    install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder})
  endforeach()
  ashlar_pkg_config(${name} "${modules}" "${libraries}")
endfunction()

# ashlar-<name>.pc. The libraries are static, so everything they need is public.
function(ashlar_pkg_config name modules libraries)
  list(TRANSFORM modules PREPEND "ashlar-")
  set(requires ${modules})
  set(flags "")
  get_target_property(type ashlar_${name} TYPE)
  if(NOT type STREQUAL INTERFACE_LIBRARY)
    set(flags "-L\${libdir} -lashlar_${name}")
  endif()
  foreach(library ${libraries})
    string(MAKE_C_IDENTIFIER ${library} key)
    get_property(pc GLOBAL PROPERTY ASHLAR_DEPENDENCY_${key}_PKG_CONFIG)
    get_property(pc_libs GLOBAL PROPERTY ASHLAR_DEPENDENCY_${key}_PC_LIBS)
    list(APPEND requires ${pc})
    string(APPEND flags " ${pc_libs}")
  endforeach()
  list(JOIN requires " " requires)
  list(TRANSFORM ASHLAR_DEFINITIONS PREPEND -D OUTPUT_VARIABLE definitions)
  list(JOIN definitions " " definitions)
  list(JOIN ASHLAR_SANITIZER_FLAGS " " sanitizer)
  ashlar_write_pkg_config(ashlar-${name} "The module ${name} of Ashlar, a C++ backend library" "${requires}"
    "Cflags: -I\${includedir} ${definitions} ${sanitizer}\nLibs: ${flags} ${sanitizer}\n")
endfunction()

function(ashlar_write_pkg_config name description requires lines)
  set(file ${PROJECT_BINARY_DIR}/pkg-config/${name}.pc)
  # Relative to the file, so that an installation may be moved.
  file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" up "${up}")
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT "prefix=\${pcfiledir}/@up@
libdir=\${prefix}/@CMAKE_INSTALL_LIBDIR@
includedir=\${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
Name: @name@
Description: @description@
Version: @PROJECT_VERSION@
Requires: @requires@
@lines@")
  install(FILES ${file} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

# ashlar_install_package(): after the last module.
function(ashlar_install_package)
  if(NOT ASHLAR_INSTALL)
    return()
  endif()
  get_property(ASHLAR_MODULES GLOBAL PROPERTY ASHLAR_INSTALLED_MODULES)
  get_property(ASHLAR_NEEDS GLOBAL PROPERTY ASHLAR_INSTALLED_NEEDS)
  list(SORT ASHLAR_MODULES)
  add_custom_target(ashlar_modules)  # all that is installed
  foreach(module ${ASHLAR_MODULES})
    add_dependencies(ashlar_modules ashlar_${module})
  endforeach()
  list(TRANSFORM ASHLAR_MODULES PREPEND "ashlar-" OUTPUT_VARIABLE requires)
  list(JOIN requires " " requires)
  ashlar_write_pkg_config(ashlar "All modules of Ashlar, a C++ backend library" "${requires}" "")

  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ashlar-config.cmake.in
    ${PROJECT_BINARY_DIR}/ashlar-config.cmake INSTALL_DESTINATION ${ASHLAR_PACKAGE_DIR} NO_SET_AND_CHECK_MACRO
    NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  # Until 1.0 a minor version may change anything.
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/ashlar-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/ashlar-config.cmake ${PROJECT_BINARY_DIR}/ashlar-config-version.cmake
    ${PROJECT_SOURCE_DIR}/cmake/AshlarDependencies.cmake ${PROJECT_SOURCE_DIR}/cmake/AshlarMigrations.cmake
    ${PROJECT_SOURCE_DIR}/cmake/EmbedMigrations.cmake ${PROJECT_SOURCE_DIR}/cmake/EmbedLiterals.cmake
    DESTINATION ${ASHLAR_PACKAGE_DIR})
  install(TARGETS ashlar_usage EXPORT ashlar)
  install(EXPORT ashlar FILE ashlar-targets.cmake NAMESPACE ashlar:: DESTINATION ${ASHLAR_PACKAGE_DIR})
  install(FILES ${PROJECT_SOURCE_DIR}/ashlar/ashlar.hpp ${PROJECT_SOURCE_DIR}/ashlar/version.hpp
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ashlar)
endfunction()
