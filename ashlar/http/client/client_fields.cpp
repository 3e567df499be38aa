// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/client_fields.hpp"

#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace ashlar::http {
namespace {

constexpr std::array<std::string_view, 11> set_by_client = {
    "Host",    "Content-Length",   "Transfer-Encoding",   "Connection", "Keep-Alive",
    "Upgrade", "Proxy-Connection", "Proxy-Authorization", "TE",         "Trailer",
    "Expect"};

bool named(const OwnedField& field, std::string_view name) { return detail::equal_without_case(field.name, name); }

std::optional<std::string_view> first_of(std::span<const OwnedField> fields, std::string_view name) {
  for (const OwnedField& field : fields) {
    if (named(field, name)) return field.value;
  }
  return std::nullopt;
}

}  // namespace

ClientFields::ClientFields(std::initializer_list<Field> fields) {
  for (const auto& [name, value] : fields) {
    if (auto added = add(name, value); !added) throw std::invalid_argument(added.error().message());
  }
}

Result<> ClientFields::add(std::string_view name, std::string_view value) {
  if (!is_token(name)) return fail(client_errors::invalid_request, "The name of a request field is not a token.");
  if (std::ranges::any_of(set_by_client, [&](auto refused) { return detail::equal_without_case(refused, name); })) {
    return fail(client_errors::invalid_request, "Only the client sets the field " + std::string(name) + ".");
  }
  if (!detail::is_field_value(value)) {
    return fail(client_errors::invalid_request, "The field " + std::string(name) + " has a control character.");
  }
  fields_.push_back({std::string(name), std::string(trimmed(value))});
  return {};
}

void ClientFields::remove(std::string_view name) {
  std::erase_if(fields_, [name](const OwnedField& field) { return named(field, name); });
}

std::optional<std::string_view> ClientFields::find(std::string_view name) const { return first_of(fields_, name); }

std::optional<std::string_view> ReceivedFields::find(std::string_view name) const { return first_of(fields_, name); }

std::size_t ReceivedFields::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields_, [name](const auto& field) { return named(field, name); }));
}

}  // namespace ashlar::http
