// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/schema/describe.hpp"

#include <string>

namespace ashlar::backend {

// A mail that the process stored instead of sending it.
struct KeptMail {
  std::string id;  // its Message-ID
  Timestamp at;
  std::string from;
  std::string to;
  std::string subject;
  std::string text;
  std::string html;

  static KeptMail example();
};
ASHLAR_DESCRIBE(KeptMail, id, at, from, to, subject, text, html)

}  // namespace ashlar::backend
