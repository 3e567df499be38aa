// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <string>

namespace ashlar::schema::detail {

// A password is never written. An example, which has to be valid, contains password_placeholder().
enum class Passwords : bool { left_out, as_placeholder };

// A JSON string whose length is within the bounds.
std::string password_placeholder(const Bounds& bounds);  // example.cpp

}  // namespace ashlar::schema::detail
