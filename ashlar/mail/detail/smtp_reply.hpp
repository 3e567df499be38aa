// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::mail::detail {

// A server's reply (RFC 5321 section 4.2): one code, and the text of each line.
struct SmtpReply {
  int code = 0;  // 200 to 599
  std::vector<std::string> lines;

  [[nodiscard]] bool is_positive() const { return code < 300; }
  [[nodiscard]] bool is_permanent() const { return code >= 500; }
  // "5.1.1" of RFC 2034; empty where the server sends none.
  [[nodiscard]] std::string_view enhanced_code() const;
};

// Takes the first whole reply off the front of what was received; nullopt: there is none yet. Error mail.unavailable:
// these bytes are no reply, or one over 16 KiB.
[[nodiscard]] Result<std::optional<SmtpReply>> take_smtp_reply(std::string& received);

}  // namespace ashlar::mail::detail
