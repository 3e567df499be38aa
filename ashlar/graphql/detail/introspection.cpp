// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/introspection.hpp"

#include "ashlar/graphql/detail/completion.hpp"
#include "ashlar/schema/json.hpp"

namespace ashlar::graphql::detail {

namespace {

using Selections = std::vector<const Selection*>;

void append_text(std::string_view text, std::string& out) { schema::write_json_string(text, out); }

void append_text_or_null(std::string_view text, std::string& out) {
  if (text.empty()) {
    out += "null";
  } else {
    append_text(text, out);
  }
}

std::string_view kind_of(const TypeRef& type) {
  if (type.is_non_null()) return "NON_NULL";
  if (type.is_list()) return "LIST";
  switch (type.named->kind) {
    case TypeKind::scalar:
      return "SCALAR";
    case TypeKind::object:
      return "OBJECT";
    case TypeKind::interface:
      return "INTERFACE";
    case TypeKind::union_:
      return "UNION";
    case TypeKind::enumeration:
      return "ENUM";
    case TypeKind::input:
      return "INPUT_OBJECT";
  }
  return {};
}

void append_names(const std::vector<std::string>& names, std::string& out) {
  out += '[';
  for (const std::string& name : names) {
    if (!out.ends_with('[')) out += ',';
    append_text(name, out);
  }
  out += ']';
}

// Nothing in our schemas is deprecated.
bool append_deprecation(std::string_view name, std::string& out) {
  if (name == "isDeprecated") {
    out += "false";
  } else if (name == "deprecationReason") {
    out += "null";
  } else {
    return false;
  }
  return true;
}

}  // namespace

// Calls `append` with the name of each selected field and its selections.
template <class Append>
void Introspection::append_object(std::string_view type_name, const Selections& fields, std::string& out,
                                  Append append) {
  out += '{';
  for (const FieldGroup& group : collector_.below(fields, *types_.find(type_name))) {
    append_key(group.response_name, out);
    const std::string& name = group.fields.front()->name;
    if (name == "__typename") {
      append_text(type_name, out);
    } else {
      append(name, group.fields);
    }
  }
  out += '}';
}

template <class Each>
void Introspection::append_all(const std::vector<Each>& all, const Selections& fields, std::string& out) {
  out += '[';
  for (const Each& each : all) {
    if (&each != &all.front()) out += ',';
    append(each, fields, out);
  }
  out += ']';
}

void Introspection::append_types(const std::vector<const NamedType*>& types, const Selections& fields,
                                 std::string& out) {
  out += '[';
  for (const NamedType* type : types) {
    if (type != types.front()) out += ',';
    append(TypeRef{type}, fields, out);
  }
  out += ']';
}

void Introspection::append_schema(const Selections& fields, std::string& out) {
  append_object("__Schema", fields, out, [&](std::string_view name, const Selections& inner) {
    if (name == "types") {
      std::vector<const NamedType*> all;
      for (const auto& [type_name, type] : types_.types()) all.push_back(type.get());
      append_types(all, inner, out);
    } else if (name == "queryType") {
      append(TypeRef{&types_.query()}, inner, out);
    } else if (name == "mutationType" && types_.mutation() != nullptr) {
      append(TypeRef{types_.mutation()}, inner, out);
    } else if (name == "directives") {
      append_all(types_.directives(), inner, out);
    } else {
      out += "null";
    }
  });
}

void Introspection::append_type(std::string_view name, const Selections& fields, std::string& out) {
  const NamedType* type = types_.find(name);
  if (type != nullptr) return append(TypeRef{type}, fields, out);
  out += "null";
}

void Introspection::append(const TypeRef& type, const Selections& fields, std::string& out) {
  append_object("__Type", fields, out, [&](std::string_view name, const Selections& inner) {
    if (name == "kind") {
      append_text(kind_of(type), out);
    } else if (type.wrappers.empty()) {
      append_member(type, name, inner, out);
    } else if (name == "ofType") {
      append(type.is_non_null() ? type.nullable() : type.item(), inner, out);
    } else {
      out += "null";
    }
  });
}

void Introspection::append_member(const TypeRef& type, std::string_view name, const Selections& fields,
                                  std::string& out) {
  const NamedType& named = *type.named;
  const bool has_fields = named.kind == TypeKind::object || named.kind == TypeKind::interface;
  if (name == "name") {
    append_text(named.name, out);
  } else if (name == "description") {
    append_text_or_null(named.description, out);
  } else if (name == "specifiedByURL") {
    append_text_or_null(named.specified_by, out);
  } else if (name == "fields" && has_fields) {
    append_all(named.fields, fields, out);
  } else if (name == "interfaces" && has_fields) {
    append_types(named.interfaces, fields, out);
  } else if (name == "possibleTypes" && named.is_abstract()) {
    append_types(named.possible, fields, out);
  } else if (name == "enumValues" && named.kind == TypeKind::enumeration) {
    out += '[';
    for (const std::string& value : named.values) {
      if (&value != &named.values.front()) out += ',';
      append_value(value, fields, out);
    }
    out += ']';
  } else if (name == "inputFields" && named.kind == TypeKind::input) {
    append_all(named.inputs, fields, out);
  } else if (name == "isOneOf" && named.kind == TypeKind::input) {
    out += named.one_of == NamedType::OneOf::yes ? "true" : "false";
  } else {
    out += "null";
  }
}

void Introspection::append(const FieldDefinition& field, const Selections& fields, std::string& out) {
  append_object("__Field", fields, out, [&](std::string_view name, const Selections& inner) {
    if (append_deprecation(name, out)) return;
    if (name == "name") append_text(field.name, out);
    if (name == "description") append_text_or_null(field.description, out);
    if (name == "args") append_all(field.arguments, inner, out);
    if (name == "type") append(field.type, inner, out);
  });
}

void Introspection::append(const InputValue& input, const Selections& fields, std::string& out) {
  append_object("__InputValue", fields, out, [&](std::string_view name, const Selections& inner) {
    if (append_deprecation(name, out)) return;
    if (name == "name") append_text(input.name, out);
    if (name == "description") append_text_or_null(input.description, out);
    if (name == "type") append(input.type, inner, out);
    if (name == "defaultValue") append_text_or_null(input.default_value, out);
  });
}

void Introspection::append_value(const std::string& value, const Selections& fields, std::string& out) {
  append_object("__EnumValue", fields, out, [&](std::string_view name, const Selections&) {
    if (append_deprecation(name, out)) return;
    if (name == "name") append_text(value, out);
    if (name == "description") out += "null";
  });
}

void Introspection::append(const DirectiveDefinition& directive, const Selections& fields, std::string& out) {
  append_object("__Directive", fields, out, [&](std::string_view name, const Selections& inner) {
    if (name == "name") append_text(directive.name, out);
    if (name == "description") append_text_or_null(directive.description, out);
    if (name == "isRepeatable") out += "false";
    if (name == "locations") append_names(directive.locations, out);
    if (name == "args") append_all(directive.arguments, inner, out);
  });
}

}  // namespace ashlar::graphql::detail
