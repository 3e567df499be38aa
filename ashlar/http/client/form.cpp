// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/form.hpp"

#include "ashlar/core/ascii.hpp"

#include <array>

namespace ashlar::http {

namespace {

void append_form_text(std::string_view text, std::string& out) {
  static constexpr std::array<bool, 256> plain = alphabet("*-._");
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain[byte]) {
      out += c;
    } else {
      ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
    }
  }
}

}  // namespace

std::string form_text(std::string_view text) {
  std::string out;
  append_form_text(text, out);
  return out;
}

std::string form_of(std::span<const FormField> fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    append_form_text(name, out);
    out += '=';
    append_form_text(value, out);
  }
  return out;
}

}  // namespace ashlar::http
