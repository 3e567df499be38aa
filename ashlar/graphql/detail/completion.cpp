// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/completion.hpp"

#include "ashlar/graphql/detail/validator.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>

namespace ashlar::graphql::detail {

namespace {

void append_locations(const std::vector<Location>& locations, std::string& out) {
  out += R"(,"locations":[)";
  for (const Location& at : locations) {
    if (!out.ends_with('[')) out += ',';
    out += R"({"line":)" + std::to_string(at.line) + R"(,"column":)" + std::to_string(at.column) + '}';
  }
  out += ']';
}

void append_text(std::string_view name, std::string_view text, std::string& out) {
  append_key(name, out);
  schema::write_json_string(text, out);
}

void append_faults(std::string_view name, const std::vector<Fault>& faults, std::string& out) {
  append_key(name, out);
  out += '[';
  for (const Fault& fault : faults) {
    out += out.ends_with('[') ? "{" : ",{";
    append_text("path", fault.path, out);
    append_text("code", fault.code, out);
    append_text("message", fault.message, out);
    out += '}';
  }
  out += ']';
}

// The alternative of a union or an interface that the JSON is of; null: none.
const NamedType* alternative_of(const NamedType& type, JsonTree::Node json) {
  const auto fits = [&](const NamedType* object) {
    return std::ranges::all_of(object->fields, [&](const FieldDefinition& field) {
      return !field.type.is_non_null() || !json.member(field.name).is_null();
    });
  };
  if (!type.tag_member.empty()) {
    const std::string tag = json.member(type.tag_member).is_null() ? "" : json.member(type.tag_member).string();
    const auto found = std::ranges::find(type.tags, tag);
    return found == type.tags.end() ? nullptr : type.possible[static_cast<std::size_t>(found - type.tags.begin())];
  }
  const auto found = std::ranges::find_if(
      type.possible, [&](const NamedType* each) { return each->error_code.empty() && fits(each); });
  return found == type.possible.end() ? nullptr : *found;
}

}  // namespace

void append_key(std::string_view name, std::string& out) {
  if (!out.ends_with('{')) out += ',';
  schema::write_json_string(name, out);
  out += ':';
}

void ResponseErrors::enter(std::string_view key) {
  std::string json;
  schema::write_json_string(key, json);
  path_.push_back(std::move(json));
}

void ResponseErrors::add(const Error& error, const std::vector<const Selection*>& fields) {
  std::string out = "{";
  append_text("message", error.message(), out);
  std::vector<Location> locations;
  for (const Selection* field : fields) locations.push_back(field->at);
  append_locations(locations, out);
  out += R"(,"path":[)";
  for (const std::string& segment : path_) out.append(out.ends_with('[') ? "" : ",").append(segment);
  out += R"(],"extensions":{)";
  append_text("code", error.code().name, out);
  if (error.retry_after().count() > 0) {
    append_key("retryAfterSeconds", out);
    out += std::to_string(error.retry_after().count());
  }
  if (error.sign_in_age_max().count() > 0) {
    append_key("signInAgeMaxSeconds", out);
    out += std::to_string(error.sign_in_age_max().count());
  }
  if (!error.faults().empty()) append_faults("faults", error.faults(), out);
  errors_.push_back(out + "}}");
}

std::string error_json(const Error& error) {
  std::string out = "{";
  append_text("code", error.code().name, out);
  append_text("message", error.message(), out);
  append_faults("faults", error.faults(), out);
  append_key("retryAfterSeconds", out);
  out += error.retry_after().count() > 0 ? std::to_string(error.retry_after().count()) : "null";
  return out + '}';
}

std::string error_json(const RequestError& error) {
  std::string out = "{";
  append_text("message", error.message, out);
  if (!error.locations.empty()) append_locations(error.locations, out);
  out += R"(,"extensions":{)";
  append_text("code", error.code.name, out);
  return out + "}}";
}

Completion::State Completion::value(const TypeRef& type, const std::vector<const Selection*>& fields,
                                    JsonTree::Node json, std::string& out) {
  const std::size_t begin = out.size();
  State state = State::complete;
  if (!json.is_null()) {
    state = present(type, fields, json, out);
  } else if (type.is_non_null()) {
    errors_.add(Error(ashlar::errors::internal, "A value that must not be null is absent."), fields);
    state = State::broken;
  } else {
    out += "null";
  }
  if (state == State::complete) return state;
  out.resize(begin);
  if (type.is_non_null()) return State::broken;
  out += "null";
  return State::complete;
}

Completion::State Completion::present(const TypeRef& type, const std::vector<const Selection*>& fields,
                                      JsonTree::Node json, std::string& out) {
  if (type.is_list()) return list(type, fields, json, out);
  const NamedType& named = *type.named;
  if (named.is_leaf()) {
    out += json.text();
    return State::complete;
  }
  const NamedType* object_type = named.is_abstract() ? alternative_of(named, json) : &named;
  if (object_type != nullptr) return object(*object_type, fields, json, out);
  errors_.add(Error(ashlar::errors::internal, "A value is of no known type."), fields);
  return State::broken;
}

Completion::State Completion::list(const TypeRef& type, const std::vector<const Selection*>& fields,
                                   JsonTree::Node json, std::string& out) {
  const TypeRef item_type = type.item();
  State state = State::complete;
  std::size_t index = 0;
  out += '[';
  for (auto item = json.first(); !item.absent() && state == State::complete; item = item.next(), ++index) {
    if (index > 0) out += ',';
    errors_.enter(index);
    state = value(item_type, fields, item, out);
    errors_.leave();
  }
  out += ']';
  return state;
}

Completion::State Completion::object(const NamedType& type, const std::vector<const Selection*>& fields,
                                     JsonTree::Node json, std::string& out) {
  out += '{';
  for (const FieldGroup& group : collector_.below(fields, type)) {
    const std::string& name = group.fields.front()->name;
    append_key(group.response_name, out);
    if (name == "__typename") {
      schema::write_json_string(type.name, out);
      continue;
    }
    errors_.enter(group.response_name);
    const State state = value(field_of(type, name, types_)->type, group.fields, json.member(name), out);
    errors_.leave();
    if (state == State::broken) return state;
  }
  out += '}';
  return State::complete;
}

}  // namespace ashlar::graphql::detail
