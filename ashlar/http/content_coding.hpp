// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// Content negotiation: the codings that a client accepts, and the choice between them (RFC 9110 section 12.5.3).
namespace ashlar::http {

enum class ContentCoding : std::uint8_t { identity, gzip, brotli, zstd };
inline constexpr std::size_t content_coding_count = 4;
[[nodiscard]] std::string_view name_of(ContentCoding coding);  // "identity", "gzip", "br", "zstd"

// The parsed Accept-Encoding fields of a request; without such a field, only identity is acceptable. Quality values
// count in thousandths. A member that violates the grammar is skipped; if a coding is named twice, the first counts.
// `x-gzip` is gzip (section 8.4.1.3).
class AcceptedCodings {
 public:
  void add(std::string_view field_value);

  // Of the codings that are available, the client's preferred one; among equals the first of `offered`. Identity is
  // always available, and ranks last unless the client prefers it. nullopt: the client refuses all of them, including
  // identity.
  [[nodiscard]] std::optional<ContentCoding> best(std::span<const ContentCoding> offered) const;
  [[nodiscard]] bool takes(ContentCoding coding) const;

 private:
  static constexpr std::int16_t unsaid = -1;
  void take_member(std::string_view member);
  [[nodiscard]] int quality(ContentCoding coding) const;

  std::array<std::int16_t, content_coding_count> named_{unsaid, unsaid, unsaid, unsaid};
  std::int16_t others_ = unsaid;  // of "*"
};

}  // namespace ashlar::http
