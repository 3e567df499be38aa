// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ashlar::mail {

// How a language writes what a template's placeholders stand for. Constants of the program.
struct LanguageFormat {
  struct Unit {
    std::string_view one;
    std::string_view many;
  };
  std::string_view tag;  // BCP 47: "de"
  Unit second, minute, hour, day;
  std::array<std::string_view, 12> months;
  std::string_view day_suffix;  // after the number of a day: "." in German
  char decimal_point;

  // "24 hours", "30 minutes": whole ones of the largest unit that loses nothing; days from two on.
  [[nodiscard]] std::string duration(std::chrono::seconds time) const;
  // "4 May 2026, 08:30 UTC"; nullopt for what is no RFC 3339 time.
  [[nodiscard]] std::optional<std::string> time(std::string_view rfc3339) const;
  // "12.50 EUR" with the language's decimal point; nullopt for what is no amount.
  [[nodiscard]] std::optional<std::string> money(std::string_view amount) const;
};

extern const LanguageFormat english;
extern const LanguageFormat german;

// The language of `available` that the Accept-Language field wants most (RFC 9110 section 12.5.4; lookup of RFC 4647
// section 3.4, so that "de-CH" finds "de"); empty when it wants none of them or is malformed. At most 32 ranges are
// read.
[[nodiscard]] std::string_view choose_language(std::string_view accept_language,
                                               std::span<const std::string_view> available);

}  // namespace ashlar::mail
