// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/headers.hpp"

#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace ashlar::http {
namespace {

constexpr std::size_t separator_size = 2;  // ": "
constexpr std::size_t ending_size = 2;     // CR LF

// Contradictory framing fields enable response splitting: only the connection may set these.
bool belongs_to_connection(std::string_view name) {
  switch (name.size()) {
    case 4:
      return detail::equal_without_case(name, "Date");
    case 10:
      return detail::equal_without_case(name, "Connection");
    case 14:
      return detail::equal_without_case(name, "Content-Length");
    case 17:
      return detail::equal_without_case(name, "Transfer-Encoding");
    default:
      return false;
  }
}

void check_field(std::string_view name, std::string_view value) {
  if (name.size() > std::numeric_limits<std::uint16_t>::max() || !is_token(name)) {
    throw std::invalid_argument("a header's name is not a token");
  }
  if (belongs_to_connection(name)) {
    throw std::invalid_argument("the header " + std::string(name) + " is set by the connection only");
  }
  if (value.size() > std::numeric_limits<std::uint32_t>::max() / 2 || !detail::is_field_value(value)) {
    throw std::invalid_argument("the value of the header " + std::string(name) + " has a control character");
  }
}

}  // namespace

std::optional<std::string_view> RequestHeaders::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (detail::equal_without_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t RequestHeaders::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      fields_, [name](const Field& field) { return detail::equal_without_case(field.name, name); }));
}

HeaderBlock::HeaderBlock(std::span<const Field> fields) {
  for (const auto& [name, value] : fields) append(name, value);
}

void HeaderBlock::append(std::string_view name, std::string_view value) {
  check_field(name, value);
  entries_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint16_t>(name.size()),
                      static_cast<std::uint32_t>(value.size())});
  bytes_.append(name).append(": ").append(value).append("\r\n");
}

void ResponseHeaders::add(std::string_view name, std::string_view value) { block_.append(name, value); }

void ResponseHeaders::set(std::string_view name, std::string_view value) {
  check_field(name, value);  // before anything is removed
  remove(name);
  block_.append(name, value);
}

void ResponseHeaders::add(const HeaderBlock& block) {
  const auto shift = static_cast<std::uint32_t>(block_.bytes_.size());
  block_.bytes_ += block.bytes_;
  const std::size_t first = block_.entries_.size();
  block_.entries_.insert(block_.entries_.end(), block.entries_.begin(), block.entries_.end());
  for (std::size_t i = first; i < block_.entries_.size(); ++i) block_.entries_[i].offset += shift;
}

void ResponseHeaders::remove(std::string_view name) {
  for (std::size_t i = 0; i < block_.entries_.size();) {
    if (!detail::equal_without_case(at(i).name, name)) {
      ++i;
      continue;
    }
    const HeaderBlock::Entry gone = block_.entries_[i];
    const std::size_t size = gone.name_size + separator_size + gone.value_size + ending_size;
    block_.bytes_.erase(gone.offset, size);
    block_.entries_.erase(block_.entries_.begin() + static_cast<std::ptrdiff_t>(i));
    for (std::size_t j = i; j < block_.entries_.size(); ++j) {
      block_.entries_[j].offset -= static_cast<std::uint32_t>(size);
    }
  }
}

std::optional<std::string_view> ResponseHeaders::find(std::string_view name) const {
  for (std::size_t i = 0; i < block_.entries_.size(); ++i) {
    if (block_.entries_[i].name_size != name.size()) continue;
    const Field field = at(i);
    if (detail::equal_without_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

Field ResponseHeaders::at(std::size_t index) const {
  const HeaderBlock::Entry& entry = block_.entries_[index];
  const std::string_view bytes = block_.bytes_;
  return {bytes.substr(entry.offset, entry.name_size),
          bytes.substr(entry.offset + entry.name_size + separator_size, entry.value_size)};
}

void ResponseHeaders::clear() {
  block_.bytes_.clear();
  block_.entries_.clear();
}

}  // namespace ashlar::http
