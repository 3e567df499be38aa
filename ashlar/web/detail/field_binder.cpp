// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/field_binder.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>

namespace ashlar::web::detail {

namespace codes = schema::codes;
using schema::Kind;

namespace {

constexpr std::size_t files_max = 100;  // of an array without its own limit

// RFC 6901 section 3.
void append_escaped(std::string_view name, std::string& pointer) {
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

void* place_in(const schema::Type& type, void* value) {
  switch (type.kind) {
    case Kind::optional:
    case Kind::nullable: {
      const void* content = type.access.content(value);
      return place_in(type.element(), content != nullptr ? const_cast<void*>(content) : type.access.emplace(value));
    }
    case Kind::array:
      if (type.access.size(value) >= static_cast<std::size_t>(type.bounds.max.value_or(files_max))) return nullptr;
      return place_in(type.element(), type.access.append(value));
    default:
      return value;
  }
}

}  // namespace

const schema::Type& held_type(const schema::Type& type) {
  return type.kind == Kind::optional || type.kind == Kind::nullable ? held_type(type.element()) : type;
}

const schema::Type& value_type(const schema::Type& type) {
  const schema::Type& held = held_type(type);
  return held.kind == Kind::array ? value_type(held.element()) : held;
}

bool is_file(const schema::Type& type) { return value_type(type).format == schema::Format::file; }

void FieldBinder::fault(std::string_view name, std::string_view code, std::string message) {
  std::string path;
  if (paths_ == Paths::names) {
    path = name;
  } else {
    path = "/";
    append_escaped(name, path);
  }
  faults_.push_back({.path = std::move(path), .code = std::string(code), .message = std::move(message)});
}

const schema::Member* FieldBinder::find(std::string_view name) {
  const auto member = std::ranges::find(members_, name, &schema::Member::json_name);
  if (member != members_.end()) return &*member;
  fault(name, codes::unknown_member, "is unknown");
  return nullptr;
}

bool FieldBinder::claim(const schema::Member& member) {
  const auto index = static_cast<std::size_t>(&member - members_.data());
  if (seen_[index] && held_type(member.type()).kind != Kind::array) {
    fault(member.json_name, codes::duplicate_member, "must be given once");
    return false;
  }
  seen_.set(index);
  return true;
}

void FieldBinder::set_text(std::string_view name, std::string_view value) {
  const schema::Member* member = find(name);
  if (member == nullptr || !claim(*member)) return;
  if (auto broken = schema::read_text(value, member->type(), member->locate(object_)))
    fault(name, broken->code, std::move(broken->message));
}

void* FieldBinder::place_for_file(const schema::Member& member) {
  if (!claim(member)) return nullptr;
  void* place = place_in(member.type(), member.locate(object_));
  if (place == nullptr) fault(member.json_name, codes::too_many_items, "has too many files");
  return place;
}

// A form has no end of an array, so the number of items is checked afterwards.
void FieldBinder::finish() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const schema::Member& member = members_[i];
    const schema::Type& type = member.type();
    if (seen_[i]) {
      if (auto broken = schema::check_items(type, member.locate_in(object_)))
        fault(member.json_name, broken->code, std::move(broken->message));
    } else if (member.required && !(type.kind == Kind::array && type.bounds.min.value_or(0) == 0)) {
      fault(member.json_name, codes::required, "is required");
    }
  }
}

}  // namespace ashlar::web::detail
