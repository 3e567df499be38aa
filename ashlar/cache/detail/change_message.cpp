// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/detail/change_message.hpp"

#include <charconv>
#include <cstddef>

namespace ashlar::cache::detail {
namespace {

constexpr std::string_view everything = "everything";

void append(std::string& out, char kind, const std::string& name) {
  out += kind;
  out += std::to_string(name.size());
  out += ':';
  out += name;
}

}  // namespace

std::string message_of(const Changed& what) {
  if (what.extent == Changed::Extent::everything) return std::string(everything);
  std::string out;
  for (const auto& key : what.keys) append(out, 'k', key);
  for (const auto& tag : what.tags) append(out, 't', tag);
  return out;
}

Changed changed_of(std::string_view message) {
  const Changed all{.extent = Changed::Extent::everything};
  Changed out;
  while (!message.empty()) {
    const char kind = message.front();
    std::size_t size = 0;
    const char* const end = message.data() + message.size();
    const auto [after, failed] = std::from_chars(message.data() + 1, end, size);
    if ((kind != 'k' && kind != 't') || failed != std::errc() || after == end || *after != ':') return all;
    message.remove_prefix(static_cast<std::size_t>(after + 1 - message.data()));
    if (size > message.size()) return all;
    (kind == 'k' ? out.keys : out.tags).emplace_back(message.substr(0, size));
    message.remove_prefix(size);
  }
  return out;
}

}  // namespace ashlar::cache::detail
