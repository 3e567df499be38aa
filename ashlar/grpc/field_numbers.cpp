// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/field_numbers.hpp"

#include "ashlar/core/parse.hpp"
#include "ashlar/grpc/detail/wire.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::grpc {

namespace {

constexpr std::uint32_t first_of_protobuf = 19'000;
constexpr std::uint32_t last_of_protobuf = 19'999;
constexpr std::string_view message_prefix = "message ";
constexpr std::string_view reserved_prefix = "reserved ";
constexpr std::string_view header =
    "# The numbers of the protobuf messages' fields. Do not edit: `ashlar proto --lock > backend/proto.lock` adds "
    "what\n"
    "# is new. A number is never used again.\n";

bool is_identifier(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

[[noreturn]] void refuse(std::size_t line, std::string_view why) {
  throw std::invalid_argument("line " + std::to_string(line) + " of the field numbers " + std::string(why));
}

}  // namespace

FieldNumbers::FieldNumbers(std::string_view text) {
  std::map<std::uint32_t, Entry>* message = nullptr;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (rest.empty() || rest.starts_with('#')) continue;
    if (rest.starts_with(message_prefix)) {
      rest.remove_prefix(message_prefix.size());
      if (!is_identifier(rest) || messages_.contains(rest)) refuse(line, "names no new message");
      message = &messages_[std::string(rest)];
      continue;
    }
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    Entry entry;
    if (rest.starts_with(reserved_prefix)) {
      entry.state = Entry::State::reserved;
      rest.remove_prefix(reserved_prefix.size());
    }
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    const auto number = parse_integer<std::uint32_t>(rest.substr(0, blank));
    entry.name = rest.substr(std::min(blank + 1, rest.size()));
    if (message == nullptr || !number || *number == 0 || *number > detail::field_number_max ||
        !is_identifier(entry.name))
      refuse(line, "is no field of a message");
    if (std::ranges::any_of(*message, [&](const auto& each) { return each.second.name == entry.name; }))
      refuse(line, "gives a field a second number");
    if (!message->emplace(*number, std::move(entry)).second) refuse(line, "gives a number to a second field");
  }
}

void FieldNumbers::begin(std::string_view message) {
  for (auto& [number, entry] : messages_[std::string(message)]) entry.state = Entry::State::reserved;
}

std::uint32_t FieldNumbers::number(std::string_view message, std::string_view field) {
  auto& fields = messages_[std::string(message)];
  for (auto& [number, entry] : fields) {
    if (entry.name != field) continue;
    entry.state = Entry::State::present;
    return number;
  }
  std::uint32_t next = fields.empty() ? 1 : fields.rbegin()->first + 1;
  if (next >= first_of_protobuf && next <= last_of_protobuf) next = last_of_protobuf + 1;
  fields.emplace(next, Entry{.name = std::string(field)});
  return next;
}

FieldNumbers::Reserved FieldNumbers::reserved(std::string_view message) const {
  Reserved out;
  const auto found = messages_.find(message);
  if (found == messages_.end()) return out;
  for (const auto& [number, entry] : found->second) {
    if (entry.state != Entry::State::reserved) continue;
    out.numbers.insert(number);
    out.names.insert(entry.name);
  }
  return out;
}

std::string FieldNumbers::to_string() const {
  std::string out(header);
  for (const auto& [name, fields] : messages_) {
    out.append("\n").append(message_prefix).append(name).append("\n");
    for (const auto& [number, entry] : fields) {
      out.append("  ").append(entry.state == Entry::State::reserved ? reserved_prefix : std::string_view{});
      out.append(std::to_string(number)).append(" ").append(entry.name).append("\n");
    }
  }
  return out;
}

}  // namespace ashlar::grpc
