// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/schema_builder.hpp"

#include "ashlar/core/ascii.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>

namespace ashlar::graphql {

namespace {

using schema::Format;
using schema::Kind;

const schema::Type& without_holder(const schema::Type& type) {
  return type.kind == Kind::optional || type.kind == Kind::nullable ? without_holder(type.element()) : type;
}

std::string capitalised(std::string_view text) {
  std::string out(text);
  if (!out.empty() && is_lower(out[0])) out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

// user.email_taken -> UserEmailTakenError
std::string error_name(std::string_view code) {
  std::string out;
  bool begins = true;
  for (const char c : code) {
    if (!is_alphanumeric(c)) {
      begins = true;
      continue;
    }
    out += begins ? capitalised({&c, 1}) : std::string(1, c);
    begins = false;
  }
  return out + "Error";
}

void require_name(std::string_view name, std::string_view where) {
  if (!is_name(name) || name.starts_with("__"))
    throw std::logic_error("GraphQL allows no name \"" + std::string(name) + "\" of " + std::string(where));
}

bool has_file(const schema::Type& type, std::set<const void*>& seen) {
  const schema::Type& held = without_holder(type);
  if (held.format == Format::file) return true;
  if (held.kind == Kind::array) return has_file(held.element(), seen);
  if (!seen.insert(&held).second) return false;
  return std::ranges::any_of(held.members, [&](const auto& member) { return has_file(member.type(), seen); }) ||
         std::ranges::any_of(held.alternatives, [&](const auto& each) { return has_file(each.type(), seen); });
}

bool is_served(const api::Endpoint& endpoint) {
  std::set<const void*> seen;
  return endpoint.operation->transport().empty() && !endpoint.operation->reply().streams() &&
         !has_file(endpoint.operation->input(), seen);
}

std::string range_text(const schema::Bounds& bounds, std::string_view unit) {
  std::string out;
  if (bounds.min && bounds.max) {
    out = std::to_string(*bounds.min) + " to " + std::to_string(*bounds.max);
  } else if (bounds.min) {
    out = "At least " + std::to_string(*bounds.min);
  } else if (bounds.max) {
    out = "At most " + std::to_string(*bounds.max);
  } else {
    return out;
  }
  return out.append(unit.empty() ? "" : " ").append(unit).append(".");
}

// What an input has to keep besides its type.
std::string description_of(const schema::Type& type) {
  const schema::Type& held = without_holder(type);
  if (!held.description.empty()) return std::string(held.description) + (held.description.ends_with('.') ? "" : ".");
  using Wide = std::numeric_limits<std::int64_t>;
  switch (held.kind) {
    case Kind::integer:
      if (held.bounds.min == Wide::min() || held.bounds.max == Wide::max()) return {};
      return range_text(held.bounds, "");
    case Kind::array:
      return range_text(held.bounds, "items");
    case Kind::string:
      if (held.format == Format::money) return {};
      if (!held.enumerators.empty()) {
        std::string out = "One of ";
        for (const auto& each : held.enumerators) out.append(out.size() == 7 ? "" : ", ").append(each);
        return out + '.';
      }
      return range_text(held.bounds, "characters");
    default:
      return {};
  }
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text[0]) &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '_'; });
}

NamedType& SchemaBuilder::add(TypeKind kind, std::string name) {
  auto type = std::make_unique<NamedType>(NamedType{.kind = kind, .name = name});
  return *out_.types_.emplace(std::move(name), std::move(type)).first->second;
}

NamedType& SchemaBuilder::scalar(std::string name, Scalar scalar, std::string description, std::string specified_by) {
  NamedType& out = add(TypeKind::scalar, std::move(name));
  out.scalar = scalar;
  out.description = std::move(description);
  out.specified_by = std::move(specified_by);
  return out;
}

TypeRef SchemaBuilder::ref(std::string_view name, std::string wrappers) const {
  return {out_.find(name), std::move(wrappers)};
}

// No published specification has a Long or a Decimal that is read and written like ours, so they name none.
void SchemaBuilder::add_scalars() {
  scalar("Int", Scalar::int32, "A signed integer of 32 bits.", "");
  scalar("Float", Scalar::floating, "A number of double precision (IEEE 754).", "");
  scalar("String", Scalar::string, "Text.", "");
  scalar("Boolean", Scalar::boolean, "true or false.", "");
  scalar("Long", Scalar::int64,
         "A signed integer of 64 bits: a JSON number. As input also a string of digits, for clients whose numbers have "
         "53 bits.",
         "");
  scalar("Decimal", Scalar::decimal, "An amount with two decimals, as a string: \"12.50\". As input also a number.",
         "");
  scalar("UUID", Scalar::uuid, "A universally unique identifier.", "https://www.rfc-editor.org/rfc/rfc9562");
  scalar("DateTime", Scalar::date_time, "A moment with its offset from UTC.", "https://www.rfc-editor.org/rfc/rfc3339");
  scalar("JSON", Scalar::json, "A JSON object of any shape.", "https://www.rfc-editor.org/rfc/rfc8259");
}

void SchemaBuilder::add_shared_types() {
  NamedType& fault = add(TypeKind::object, "InputFault");
  fault.description = "What is wrong with one place of an input.";
  fault.fields = {{.name = "path", .description = "A JSON Pointer into the arguments.", .type = ref("String", "!")},
                  {.name = "code", .description = "", .type = ref("String", "!")},
                  {.name = "message", .description = "", .type = ref("String", "!")}};
  NamedType& error = add(TypeKind::interface, "Error");
  error.description = "An error that an operation declares.";
  error.fields = {{.name = "code", .description = "Stable, for programs.", .type = ref("String", "!")},
                  {.name = "message", .description = "For people.", .type = ref("String", "!")},
                  {.name = "faults", .description = "Of an invalid input.", .type = ref("InputFault", "![!")},
                  {.name = "retryAfterSeconds", .description = "When to try again.", .type = ref("Int")}};
  NamedType& done = add(TypeKind::object, "Done");
  done.description = "The operation succeeded and replies with nothing.";
  done.fields = {{.name = "done", .description = "Always true.", .type = ref("Boolean", "!")}};
  NamedType& pagination = add(TypeKind::object, "Pagination");
  pagination.description = "Which part of a list a page is. A page read with a cursor has no number and no total.";
  pagination.fields = {{.name = "page", .description = "From 1.", .type = ref("Int")},
                       {.name = "limit", .description = "Items of a full page.", .type = ref("Int", "!")},
                       {.name = "total", .description = "Items of the list.", .type = ref("Long")},
                       {.name = "pages", .description = "", .type = ref("Long")},
                       {.name = "totalIsExact", .description = "Otherwise there may be more.", .type = ref("Boolean")},
                       {.name = "next", .description = "The cursor of the next page.", .type = ref("String")},
                       {.name = "previous", .description = "", .type = ref("String")}};
}

void SchemaBuilder::add_directives() {
  const auto condition = [&](std::string name, std::string description) {
    return DirectiveDefinition{
        .name = std::move(name),
        .description = std::move(description),
        .locations = {"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"},
        .arguments = {{.name = "if", .description = "", .type = ref("Boolean", "!"), .default_value = {}}}};
  };
  out_.directives_ = {
      condition("include", "Includes the selection only if the argument is true."),
      condition("skip", "Leaves the selection out if the argument is true."),
      {.name = "deprecated",
       .description = "Marks a part of the schema that is no longer supported.",
       .locations = {"FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE"},
       .arguments = {{.name = "reason",
                      .description = "",
                      .type = ref("String", "!"),
                      .default_value = "\"No longer supported\""}}},
      {.name = "specifiedBy",
       .description = "The specification of a scalar.",
       .locations = {"SCALAR"},
       .arguments = {{.name = "url", .description = "", .type = ref("String", "!"), .default_value = {}}}},
      {.name = "oneOf",
       .description = "Exactly one field of the input is given, and it is not null.",
       .locations = {"INPUT_OBJECT"},
       .arguments = {}}};
}

void SchemaBuilder::build(const api::Api& api) {
  add_scalars();
  add_shared_types();
  add_directives();
  NamedType& query = add(TypeKind::object, "Query");
  NamedType& mutation = add(TypeKind::object, "Mutation");
  add(TypeKind::object, "Subscription");  // reserved
  out_.add_introspection();
  for (const api::PreparedEndpoint& prepared : api.endpoints()) {
    const api::Endpoint& endpoint = *prepared.endpoint;
    if (!is_served(endpoint)) continue;
    (endpoint.effect == api::Endpoint::Effect::reads ? query : mutation).fields.push_back(field_of(prepared));
  }
  if (query.fields.empty()) throw std::logic_error("a GraphQL service needs an operation that reads");
  std::ranges::sort(query.fields, {}, &FieldDefinition::name);
  std::ranges::sort(mutation.fields, {}, &FieldDefinition::name);
  out_.query_ = &query;
  if (mutation.fields.empty()) {
    out_.types_.erase("Mutation");
  } else {
    out_.mutation_ = &mutation;
  }
  out_.types_.erase("Subscription");
  if (pages_.empty()) out_.types_.erase("Pagination");
  if (errors_.empty()) {
    out_.types_.erase("Error");
    out_.types_.erase("InputFault");
  }
}

FieldDefinition SchemaBuilder::field_of(const api::PreparedEndpoint& prepared) {
  const api::Endpoint& endpoint = *prepared.endpoint;
  require_name(endpoint.name, "an operation");
  FieldDefinition out{.name = endpoint.name, .description = endpoint.summary, .type = {}, .endpoint = &prepared};
  if (!out.description.empty() && !out.description.ends_with('.')) out.description += '.';
  add_arguments(endpoint, out);
  if (endpoint.errors.empty()) {
    const std::vector<const NamedType*> all = payloads(endpoint, nullptr);
    out.type = {all.front(), ""};
    return out;
  }
  NamedType& result = add(TypeKind::union_, free_name(capitalised(endpoint.name) + "Result"));
  result.description = "What " + endpoint.name + " replies with, or why it did not succeed.";
  result.possible = payloads(endpoint, &result);
  for (const ErrorCode& code : endpoint.errors) {
    const NamedType* error = error_of(code);
    if (std::ranges::find(result.possible, error) == result.possible.end()) result.possible.push_back(error);
  }
  out.type = {&result, ""};
  return out;
}

void SchemaBuilder::add_arguments(const api::Endpoint& endpoint, FieldDefinition& out) {
  for (const schema::Member& member : endpoint.operation->input().members) out.arguments.push_back(input_value(member));
  if (endpoint.idempotency != api::Endpoint::Idempotency::taken) return;
  constexpr std::string_view key = "idempotencyKey";
  if (std::ranges::find(out.arguments, key, &InputValue::name) != out.arguments.end())
    throw std::logic_error("the operation " + endpoint.name + " has an input with the name idempotencyKey");
  out.arguments.push_back({.name = std::string(key),
                           .description = "Identifies the call, so that it can be sent again and is executed once.",
                           .type = ref("String"),
                           .default_value = {}});
}

// The types that a success can have: one, or with a holder, which is a union, the alternatives of a choice.
std::vector<const NamedType*> SchemaBuilder::payloads(const api::Endpoint& endpoint, NamedType* holder) {
  using Reply = api::ReplyShape::Kind;
  const api::ReplyShape shape = endpoint.operation->reply();
  if (shape.kind == Reply::none) return {out_.find("Done")};
  if (shape.kind == Reply::page) return {page_of(*shape.type)};
  const schema::Type& type = without_holder(*shape.type);
  const NamedType* payload = named(type, Use::output);
  if (holder == nullptr || payload->kind == TypeKind::object) return {payload};
  if (payload->kind == TypeKind::union_) {
    holder->tag_member = payload->tag_member;
    holder->tags = payload->tags;
    return payload->possible;
  }
  throw std::logic_error("the operation " + endpoint.name + " declares errors and replies with no object");
}

const NamedType* SchemaBuilder::page_of(const schema::Type& item) {
  const TypeRef items = type_of(item, Use::output);
  const auto found = pages_.find(items.named->name);
  if (found != pages_.end()) return found->second;
  NamedType& out = add(TypeKind::object, free_name(items.named->name + "Page"));
  pages_.emplace(items.named->name, &out);
  out.description = "A part of a list.";
  out.fields = {{.name = "items", .description = "", .type = {items.named, "![" + items.wrappers}},
                {.name = "pagination", .description = "", .type = ref("Pagination", "!")}};
  return &out;
}

const NamedType* SchemaBuilder::error_of(const ErrorCode& code) {
  const auto found = errors_.find(code.name);
  if (found != errors_.end()) return found->second;
  NamedType& out = add(TypeKind::object, free_name(error_name(code.name)));
  errors_.emplace(std::string(code.name), &out);
  NamedType& error = *out_.types_.find("Error")->second;
  out.description = "The error " + std::string(code.name) + ".";
  out.fields = error.fields;
  out.interfaces = {&error};
  out.error_code = code.name;
  error.possible.push_back(&out);
  return &out;
}

std::string SchemaBuilder::free_name(std::string wanted) const {
  require_name(wanted, "a type");
  if (out_.find(wanted) == nullptr) return wanted;
  for (int number = 2;; ++number) {
    std::string numbered = wanted + std::to_string(number);
    if (out_.find(numbered) == nullptr) return numbered;
  }
}

TypeRef SchemaBuilder::type_of(const schema::Type& type, Use use) {
  if (type.kind == Kind::optional || type.kind == Kind::nullable) return type_of(type.element(), use).nullable();
  if (type.kind == Kind::array) {
    TypeRef item = type_of(type.element(), use);
    return {item.named, "![" + item.wrappers};
  }
  return {named(type, use), "!"};
}

const NamedType* SchemaBuilder::named(const schema::Type& type, Use use) {
  using Narrow = std::numeric_limits<std::int32_t>;
  switch (type.kind) {
    case Kind::boolean:
      return out_.find("Boolean");
    case Kind::number:
      return out_.find("Float");
    case Kind::integer:
      return out_.find(
          type.bounds.min >= Narrow::min() && type.bounds.max && *type.bounds.max <= Narrow::max() ? "Int" : "Long");
    case Kind::string:
      if (type.format == Format::uuid) return out_.find("UUID");
      if (type.format == Format::date_time) return out_.find("DateTime");
      if (type.format == Format::money) return out_.find("Decimal");
      return type.enumerators.empty() ? out_.find("String") : enumeration(type);
    case Kind::object:
      if (type.access.view_text != nullptr) return out_.find("JSON");
      return use == Use::output ? object(type) : input(type);
    case Kind::choice:
      return choice(type, use);
    default:
      throw std::logic_error("an array has no name");
  }
}

// Names that GraphQL does not allow ("-createdAt") stay text.
const NamedType* SchemaBuilder::enumeration(const schema::Type& type) {
  const auto is_value = [](std::string_view name) {
    return is_name(name) && !name.starts_with("__") && name != "true" && name != "false" && name != "null";
  };
  if (type.name.empty() || !std::ranges::all_of(type.enumerators, is_value)) return out_.find("String");
  const auto [at, is_new] = made_.try_emplace({type.enumerators.data(), Use::output});
  if (!is_new) return at->second;
  NamedType& out = add(TypeKind::enumeration, free_name(std::string(type.name)));
  at->second = &out;
  out.description = type.description;
  for (const std::string_view name : type.enumerators) out.values.emplace_back(name);
  return &out;
}

const NamedType* SchemaBuilder::object(const schema::Type& type) {
  const bool is_empty = std::ranges::all_of(type.members, &schema::Member::password);
  if (is_empty) return out_.find("JSON");
  const auto [at, is_new] = made_.try_emplace({type.members.data(), Use::output});
  if (!is_new) return at->second;
  NamedType& out = add(TypeKind::object, free_name(std::string(type.name)));
  at->second = &out;  // before the members: a struct can contain its own type
  out.description = type.description;
  for (const schema::Member& member : type.members) {
    if (member.password) continue;
    require_name(member.json_name, type.name);
    const schema::Type& held = without_holder(member.type());
    out.fields.push_back({.name = std::string(member.json_name),
                          .description = std::string(held.kind == Kind::object ? "" : held.description),
                          .type = type_of(member.type(), Use::output)});
  }
  return &out;
}

const NamedType* SchemaBuilder::input(const schema::Type& type) {
  if (type.members.empty()) return out_.find("JSON");
  const auto [at, is_new] = made_.try_emplace({type.members.data(), Use::input});
  if (!is_new) return at->second;
  std::string name(type.name);
  if (!name.ends_with("Input")) name += "Input";
  NamedType& out = add(TypeKind::input, free_name(std::move(name)));
  at->second = &out;
  out.description = type.description;
  for (const schema::Member& member : type.members) out.inputs.push_back(input_value(member));
  return &out;
}

InputValue SchemaBuilder::input_value(const schema::Member& member) {
  require_name(member.json_name, "an input");
  const schema::Type& type = member.type();
  InputValue out{.name = std::string(member.json_name),
                 .description = description_of(type),
                 .type = type_of(type, Use::input),
                 .default_value = std::string(type.default_json)};
  if (out.type.named->kind == TypeKind::enumeration && out.default_value.starts_with('"'))
    out.default_value = out.default_value.substr(1, out.default_value.size() - 2);
  return out;
}

const NamedType* SchemaBuilder::choice(const schema::Type& type, Use use) {
  const auto [at, is_new] = made_.try_emplace({type.alternatives.data(), use});
  if (!is_new) return at->second;
  std::string name;
  for (const schema::Alternative& each : type.alternatives)
    name.append(name.empty() ? "" : "Or").append(each.type().name);
  const bool reads = use == Use::input;
  NamedType& out = add(reads ? TypeKind::input : TypeKind::union_, free_name(reads ? name + "Input" : name));
  at->second = &out;
  out.description = type.description;
  out.tag_member = type.tag_name;
  if (reads) out.one_of = NamedType::OneOf::yes;
  for (const schema::Alternative& each : type.alternatives) {
    if (!out.tag_member.empty()) out.tags.emplace_back(each.tag);
    if (reads) {
      require_name(each.tag, "an alternative");
      out.inputs.push_back({.name = std::string(each.tag),
                            .description = std::string(each.type().description),
                            .type = {input(each.type()), ""},
                            .default_value = {}});
    } else {
      out.possible.push_back(object(each.type()));
    }
  }
  return &out;
}

}  // namespace ashlar::graphql
