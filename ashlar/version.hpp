// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// The version of the library and of the `ashlar` command (https://semver.org). CMake and pkg-config read it from here.
#define ASHLAR_VERSION_MAJOR 0
#define ASHLAR_VERSION_MINOR 1
#define ASHLAR_VERSION_PATCH 0

#define ASHLAR_VERSION_TEXT_OF(number) #number
#define ASHLAR_VERSION_TEXT(major, minor, patch) \
  ASHLAR_VERSION_TEXT_OF(major) "." ASHLAR_VERSION_TEXT_OF(minor) "." ASHLAR_VERSION_TEXT_OF(patch)

namespace ashlar {

inline constexpr std::string_view library_version =
    ASHLAR_VERSION_TEXT(ASHLAR_VERSION_MAJOR, ASHLAR_VERSION_MINOR, ASHLAR_VERSION_PATCH);

}  // namespace ashlar
