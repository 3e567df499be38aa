// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/encoding.hpp"
#include "ashlar/web/detail/multipart.hpp"

#include <algorithm>
#include <array>

namespace ashlar::web {

namespace {

constexpr std::size_t name_bytes_max = 200;

bool is_refused(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 || u == 0x7f || std::string_view("<>:\"|?*").contains(c);
}

// The number of bytes of a C1 control or a bidirectional control at this position; 0: there is none. The latter turn
// "gnp.exe" into "exe.png".
std::size_t invisible_at(std::string_view text) {
  if (text.size() >= 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0) return 2;
  if (text.size() < 3 || text[0] != '\xe2') return 0;
  const auto second = static_cast<unsigned char>(text[1]), third = static_cast<unsigned char>(text[2]);
  const bool separator_or_embedding = second == 0x80 && third >= 0xa8 && third <= 0xae;
  const bool zero_width = second == 0x80 && third >= 0x8b && third <= 0x8f;
  const bool isolate = second == 0x81 && third >= 0xa6 && third <= 0xa9;
  return separator_or_embedding || zero_width || isolate ? 3 : 0;
}

bool is_reserved(std::string_view name) {
  const std::string stem = ascii_lower(name.substr(0, name.find('.')));
  constexpr std::array<std::string_view, 4> devices{"con", "prn", "aux", "nul"};
  if (std::ranges::find(devices, stem) != devices.end()) return true;
  return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && stem[3] >= '0' && stem[3] <= '9';
}

// Truncates between two characters, keeping the extension.
void shorten(std::string& name) {
  if (name.size() <= name_bytes_max) return;
  const std::size_t dot = name.rfind('.');
  const std::string ending = dot != name.npos && name.size() - dot <= 16 ? name.substr(dot) : std::string{};
  std::size_t end = name_bytes_max - ending.size();
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  name.resize(end);
  name += ending;
}

}  // namespace

std::string safe_file_name(std::string_view sent) {
  if (const std::size_t slash = sent.find_last_of("/\\"); slash != sent.npos) sent.remove_prefix(slash + 1);
  std::string name;
  while (!sent.empty()) {
    const std::size_t invisible = invisible_at(sent);
    if (invisible == 0) name += is_refused(sent.front()) ? '_' : sent.front();
    sent.remove_prefix(std::max<std::size_t>(1, invisible));
  }
  shorten(name);
  while (name.ends_with('.') || name.ends_with(' ')) name.pop_back();
  name.erase(0, std::min(name.find_first_not_of(". "), name.size()));
  if (name.empty()) return "file";
  return is_reserved(name) ? '_' + name : name;
}

}  // namespace ashlar::web
