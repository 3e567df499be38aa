// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/input_values.hpp"

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace ashlar::graphql::detail {

namespace {

enum class Form : std::uint8_t { integer, number, string, boolean, enumeration, other };

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number out{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return out;
}

// A whole number in whichever form JSON writes it: 3, 3.0, 3e0.
std::optional<std::int64_t> whole(std::string_view text) {
  constexpr double exact_max = 9'007'199'254'740'992;
  if (const auto integer = number_of<std::int64_t>(text)) return integer;
  const auto number = number_of<double>(text);
  if (!number || std::trunc(*number) != *number || std::abs(*number) > exact_max) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

bool is_int32(std::optional<std::int64_t> number) {
  return number && *number >= std::numeric_limits<std::int32_t>::min() &&
         *number <= std::numeric_limits<std::int32_t>::max();
}

// `text`: the content of a string, else as written.
bool accepts(Scalar scalar, Form form, std::string_view text) {
  const bool is_number = form == Form::integer || form == Form::number;
  switch (scalar) {
    case Scalar::int32:
      return form == Form::integer && is_int32(whole(text));
    case Scalar::int64:
      return form == Form::integer ? whole(text).has_value()
                                   : form == Form::string && number_of<std::int64_t>(text).has_value();
    case Scalar::floating:
      return is_number && number_of<double>(text).has_value();
    case Scalar::string:
      return form == Form::string;
    case Scalar::boolean:
      return form == Form::boolean;
    case Scalar::decimal:
      return form == Form::string || is_number;
    case Scalar::uuid:
      return form == Form::string && Uuid::parse(text).has_value();
    case Scalar::date_time:
      return form == Form::string && Timestamp::parse(text).has_value();
    case Scalar::json:
      return false;
  }
  return false;
}

std::optional<std::string> fault_of(const NamedType& type, Form form, std::string_view text) {
  if (type.kind == TypeKind::enumeration) {
    if (form == Form::enumeration && std::ranges::find(type.values, text) != type.values.end()) return std::nullopt;
    return "is no value of the enum " + type.name;
  }
  if (accepts(type.scalar, form, text)) return std::nullopt;
  return "is no " + type.name;
}

void append_quoted(std::string_view text, std::string& out) { schema::write_json_string(text, out); }

// Any literal as JSON, for the scalar JSON.
std::expected<void, std::string> write_untyped(const Value& literal, const Variables& variables, std::string& out) {
  using Kind = Value::Kind;
  if (literal.kind == Kind::variable) {
    const auto found = variables.find(literal.text);
    out += found == variables.end() ? "null" : found->second;
  } else if (literal.kind == Kind::list || literal.kind == Kind::object) {
    const bool object = literal.kind == Kind::object;
    out += object ? '{' : '[';
    for (std::size_t i = 0; i < literal.items.size(); ++i) {
      if (i > 0) out += ',';
      if (object) {
        append_quoted(literal.keys[i].name, out);
        out += ':';
      }
      if (auto written = write_untyped(literal.items[i], variables, out); !written) return written;
    }
    out += object ? '}' : ']';
  } else if (literal.kind == Kind::string || literal.kind == Kind::enumeration) {
    append_quoted(literal.text, out);
  } else {
    out += literal.text;
  }
  return {};
}

// The members of an alternative, with the tag that names it.
void append_tagged(const NamedType& choice, std::string_view tag, std::string_view members, std::string& out) {
  out += '{';
  append_quoted(choice.tag_member, out);
  out += ':';
  append_quoted(tag, out);
  if (members.size() > 2) out.append(",").append(members.substr(1));
  if (members.size() <= 2) out += '}';
}

void append_leaf(const NamedType& type, std::string_view text, Form form, std::string& out) {
  const bool is_number =
      type.kind == TypeKind::scalar && (type.scalar == Scalar::int32 || type.scalar == Scalar::int64);
  if (is_number) {
    out += std::to_string(whole(text).value_or(0));
  } else if (form == Form::string || form == Form::enumeration) {
    append_quoted(text, out);
  } else {
    out += text;
  }
}

Form form_of(const Value& literal) {
  switch (literal.kind) {
    case Value::Kind::integer:
      return Form::integer;
    case Value::Kind::floating:
      return Form::number;
    case Value::Kind::string:
      return Form::string;
    case Value::Kind::boolean:
      return Form::boolean;
    case Value::Kind::enumeration:
      return Form::enumeration;
    default:
      return Form::other;
  }
}

Form form_of(const NamedType& type, JsonTree::Node json) {
  switch (json.kind()) {
    case JsonTree::Kind::number:
      return whole(json.text()) ? Form::integer : Form::number;
    case JsonTree::Kind::string:
      return type.kind == TypeKind::enumeration ? Form::enumeration : Form::string;
    case JsonTree::Kind::boolean:
      return Form::boolean;
    default:
      return Form::other;
  }
}

std::string text_of(JsonTree::Node json) {
  return json.kind() == JsonTree::Kind::string ? json.string() : std::string(json.text());
}

// Reads one variable. The first fault ends it, with its place.
class VariableReader {
 public:
  std::expected<void, std::string> read(JsonTree::Node json, const TypeRef& type, std::string& out) {
    if (json.is_null()) {
      if (type.is_non_null()) return fault("must not be null");
      out += "null";
      return {};
    }
    if (type.is_list()) return read_list(json, type, out);
    const NamedType& named = *type.named;
    if (named.kind == TypeKind::input) return read_object(json, named, out);
    if (auto why = leaf_fault(named, json)) return fault(std::move(*why));
    if (named.kind == TypeKind::scalar && named.scalar == Scalar::json) {
      out += json.text();
    } else {
      append_leaf(named, text_of(json), form_of(named, json), out);
    }
    return {};
  }

 private:
  std::unexpected<std::string> fault(std::string why) const {
    return std::unexpected(path_.empty() ? std::move(why) : "at " + path_ + " " + std::move(why));
  }

  std::expected<void, std::string> read_at(std::string place, JsonTree::Node json, const TypeRef& type,
                                           std::string& out) {
    const std::size_t size = path_.size();
    path_ += "/" + std::move(place);
    auto result = read(json, type, out);
    path_.resize(size);
    return result;
  }

  std::expected<void, std::string> read_list(JsonTree::Node json, const TypeRef& type, std::string& out) {
    out += '[';
    if (json.kind() != JsonTree::Kind::array) {
      if (auto item = read(json, type.item(), out); !item) return item;
    } else {
      std::size_t index = 0;
      for (auto item = json.first(); !item.absent(); item = item.next(), ++index) {
        if (index > 0) out += ',';
        if (auto read = read_at(std::to_string(index), item, type.item(), out); !read) return read;
      }
    }
    out += ']';
    return {};
  }

  std::expected<void, std::string> read_object(JsonTree::Node json, const NamedType& type, std::string& out) {
    if (json.kind() != JsonTree::Kind::object) return fault("must be an object of " + type.name);
    for (auto member = json.first(); !member.absent(); member = member.next())
      if (type.input(member.key()) == nullptr) return fault("has a field that " + type.name + " does not have");
    if (type.one_of == NamedType::OneOf::yes) return read_choice(json, type, out);
    std::string members;
    for (const InputValue& input : type.inputs) {
      const auto member = json.member(input.name);
      if (member.absent()) {
        if (input.is_required()) return fault("needs the field " + input.name);
        continue;
      }
      members += members.empty() ? "" : ",";
      append_quoted(input.name, members);
      members += ':';
      if (auto read = read_at(input.name, member, input.type, members); !read) return read;
    }
    out += '{' + members + '}';
    return {};
  }

  std::expected<void, std::string> read_choice(JsonTree::Node json, const NamedType& type, std::string& out) {
    const auto member = json.first();
    if (member.absent() || !member.next().absent() || member.is_null())
      return fault("must have exactly one field that is not null");
    std::string members;
    const InputValue& input = *type.input(member.key());
    if (auto read = read_at(input.name, member, input.type, members); !read) return read;
    append_tagged(type, input.name, members, out);
    return {};
  }

  std::string path_;
};

std::expected<void, std::string> write_object(const Value& literal, const NamedType& type, const Variables& variables,
                                              std::string& out) {
  std::string members;
  for (std::size_t i = 0; i < literal.items.size(); ++i) {
    const InputValue& input = *type.input(literal.keys[i].name);
    std::string value;
    const auto written = write_literal(literal.items[i], input.type, variables, value);
    if (!written) return std::unexpected(written.error());
    if (type.one_of == NamedType::OneOf::yes) {
      if (*written == Written::absent || value == "null")
        return std::unexpected(type.name + " must have exactly one field that is not null.");
      append_tagged(type, input.name, value, out);
      return {};
    }
    if (*written == Written::absent) {
      if (input.is_required()) return std::unexpected("The field " + input.name + " is required.");
      continue;
    }
    members += members.empty() ? "" : ",";
    append_quoted(input.name, members);
    members.append(":").append(value);
  }
  out += '{' + members + '}';
  return {};
}

std::expected<void, std::string> write_list(const Value& literal, const TypeRef& type, const Variables& variables,
                                            std::string& out) {
  const TypeRef item = type.item();
  out += '[';
  const bool is_list = literal.kind == Value::Kind::list;
  const std::size_t count = is_list ? literal.items.size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    const auto written = write_literal(is_list ? literal.items[i] : literal, item, variables, out);
    if (!written) return std::unexpected(written.error());
    if (*written == Written::value) continue;
    if (item.is_non_null()) return std::unexpected(std::string("An item of the list must not be null."));
    out += "null";
  }
  out += ']';
  return {};
}

}  // namespace

std::optional<std::string> leaf_fault(const NamedType& type, const Value& literal) {
  if (type.kind == TypeKind::scalar && type.scalar == Scalar::json)
    return literal.kind == Value::Kind::object ? std::nullopt : std::optional<std::string>("is no object");
  return fault_of(type, form_of(literal), literal.text);
}

std::optional<std::string> leaf_fault(const NamedType& type, JsonTree::Node json) {
  if (type.kind == TypeKind::scalar && type.scalar == Scalar::json)
    return json.kind() == JsonTree::Kind::object ? std::nullopt : std::optional<std::string>("is no object");
  return fault_of(type, form_of(type, json), text_of(json));
}

std::optional<TypeRef> type_of(const TypeName& name, const TypeSystem& types) {
  const NamedType* named = types.find(name.name);
  if (named == nullptr) return std::nullopt;
  return TypeRef{named, name.wrappers};
}

std::expected<Variables, std::vector<RequestError>> read_variables(const OperationDefinition& operation,
                                                                   const TypeSystem& types, std::string_view json) {
  const JsonTree tree(json.empty() ? "{}" : json);
  Variables out;
  std::vector<RequestError> faults;
  const auto refuse = [&](const VariableDefinition& variable, const std::string& why) {
    faults.push_back({.code = errors::variables_invalid,
                      .message = "The variable $" + variable.name + " " + why + ".",
                      .locations = {variable.at}});
  };
  for (const VariableDefinition& variable : operation.variables) {
    const TypeRef type = *type_of(variable.type, types);
    const JsonTree::Node given = tree.root().member(variable.name);
    std::string value;
    if (given.absent()) {
      if (variable.default_value) {
        if (const auto written = write_literal(*variable.default_value, type, {}, value); !written) {
          refuse(variable, "has a default that is not valid");
        } else {
          out[variable.name] = std::move(value);
        }
      } else if (type.is_non_null()) {
        refuse(variable, "of the type " + type.text() + " is required");
      }
      continue;
    }
    if (auto read = VariableReader().read(given, type, value); !read) {
      refuse(variable, read.error());
    } else {
      out[variable.name] = std::move(value);
    }
  }
  if (!faults.empty()) return std::unexpected(std::move(faults));
  return out;
}

std::expected<Written, std::string> write_literal(const Value& literal, const TypeRef& type, const Variables& variables,
                                                  std::string& out) {
  if (literal.kind == Value::Kind::variable) {
    const auto found = variables.find(literal.text);
    if (found == variables.end()) return Written::absent;
    if (found->second == "null" && type.is_non_null())
      return std::unexpected("The variable $" + literal.text + " must not be null here.");
    out += found->second;
    return Written::value;
  }
  std::expected<void, std::string> written;
  if (literal.kind == Value::Kind::null) {
    out += "null";
  } else if (type.is_list()) {
    written = write_list(literal, type, variables, out);
  } else if (type.named->kind == TypeKind::input) {
    written = write_object(literal, *type.named, variables, out);
  } else if (type.named->kind == TypeKind::scalar && type.named->scalar == Scalar::json) {
    written = write_untyped(literal, variables, out);
  } else {
    append_leaf(*type.named, literal.text, form_of(literal), out);
  }
  if (!written) return std::unexpected(std::move(written.error()));
  return Written::value;
}

}  // namespace ashlar::graphql::detail
