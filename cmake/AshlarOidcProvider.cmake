# SPDX-License-Identifier: Apache-2.0
# oidc-provider for the tests of sign-in with a provider, fetched by npm in the versions that tools/oidc-provider pins,
# into the build tree: once it is there, the tests need no network.
set(oidc_provider_source ${CMAKE_SOURCE_DIR}/tools/oidc-provider)
set(oidc_provider_build ${CMAKE_BINARY_DIR}/oidc-provider)
file(MAKE_DIRECTORY ${oidc_provider_build})
add_custom_command(
  OUTPUT ${oidc_provider_build}/installed
  COMMAND ${CMAKE_COMMAND} -E copy ${oidc_provider_source}/package.json ${oidc_provider_source}/package-lock.json
          ${oidc_provider_build}
  COMMAND ${ASHLAR_NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
  COMMAND ${CMAKE_COMMAND} -E touch ${oidc_provider_build}/installed
  DEPENDS ${oidc_provider_source}/package.json ${oidc_provider_source}/package-lock.json
  WORKING_DIRECTORY ${oidc_provider_build}
  COMMENT "Fetching oidc-provider for the tests"
  VERBATIM)
add_custom_command(
  OUTPUT ${oidc_provider_build}/provider.js
  COMMAND ${CMAKE_COMMAND} -E copy ${oidc_provider_source}/provider.js ${oidc_provider_build}
  DEPENDS ${oidc_provider_source}/provider.js
  VERBATIM)
add_custom_target(ashlar_oidc_provider DEPENDS ${oidc_provider_build}/installed ${oidc_provider_build}/provider.js)
