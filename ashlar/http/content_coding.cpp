// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/content_coding.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::http {
namespace {

constexpr std::array<std::pair<std::string_view, ContentCoding>, 5> names{{
    {"identity", ContentCoding::identity},
    {"gzip", ContentCoding::gzip},
    {"br", ContentCoding::brotli},
    {"zstd", ContentCoding::zstd},
    {"x-gzip", ContentCoding::gzip},
}};

constexpr std::int16_t whole = 1000;

// RFC 9110 section 12.4.2: 0 to 1 with at most three digits after the point, in thousandths.
std::optional<std::int16_t> parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int value = text[0] == '1' ? whole : 0;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int step = whole / 10;
  for (const char c : text.substr(text.size() > 1 ? 2 : 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value += (c - '0') * step;
    step /= 10;
  }
  return value > whole ? std::nullopt : std::optional(static_cast<std::int16_t>(value));
}

// ";q=0.5", or nothing.
std::optional<std::int16_t> parse_weight(std::string_view text) {
  if (text.empty()) return whole;
  text = trimmed(text.substr(1));
  if (text.size() < 2 || (text[0] != 'q' && text[0] != 'Q') || text[1] != '=') return std::nullopt;
  return parse_quality(text.substr(2));
}

}  // namespace

std::string_view name_of(ContentCoding coding) { return names[static_cast<std::size_t>(coding)].first; }

void AcceptedCodings::add(std::string_view field_value) {
  while (!field_value.empty()) {
    const std::size_t comma = field_value.find(',');
    take_member(trimmed(field_value.substr(0, comma)));
    field_value = comma == field_value.npos ? std::string_view{} : field_value.substr(comma + 1);
  }
}

void AcceptedCodings::take_member(std::string_view member) {
  const std::size_t semicolon = std::min(member.find(';'), member.size());
  const std::string_view coding = trimmed(member.substr(0, semicolon));
  const auto weight = parse_weight(member.substr(semicolon));
  if (!weight) return;
  const auto note = [&](std::int16_t& quality) {
    if (quality == unsaid) quality = *weight;
  };
  if (coding == "*") return note(others_);
  for (const auto& [name, known] : names) {
    if (ascii_iequals(coding, name)) return note(named_[static_cast<std::size_t>(known)]);
  }
}

int AcceptedCodings::quality(ContentCoding coding) const {
  const std::int16_t named = named_[static_cast<std::size_t>(coding)];
  if (named != unsaid) return named;
  return others_ == unsaid ? 0 : others_;
}

bool AcceptedCodings::takes(ContentCoding coding) const {
  if (coding != ContentCoding::identity) return quality(coding) > 0;
  const std::int16_t named = named_[static_cast<std::size_t>(coding)];
  return named == unsaid ? others_ != 0 : named > 0;
}

std::optional<ContentCoding> AcceptedCodings::best(std::span<const ContentCoding> offered) const {
  std::optional<ContentCoding> chosen;
  int best_quality = 0;
  for (const ContentCoding coding : offered) {
    if (const int its_quality = quality(coding); its_quality > best_quality) {
      chosen = coding;
      best_quality = its_quality;
    }
  }
  if (!takes(ContentCoding::identity)) return chosen;
  if (!chosen || named_[static_cast<std::size_t>(ContentCoding::identity)] > best_quality)
    return ContentCoding::identity;
  return chosen;
}

}  // namespace ashlar::http
