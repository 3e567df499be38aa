// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/proto.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace ashlar::grpc {

namespace {

using schema::Format;
using schema::Kind;
using schema::Type;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string capitalized(std::string_view name) {
  std::string out(name);
  if (!out.empty()) out.front() = upper(out.front());
  return out;
}

// SignedIn -> signed_in
std::string snake_case(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z' && !out.empty()) out += '_';
    out += lower(c);
  }
  return out;
}

// signed_in -> signedIn, as protobuf's default of json_name
std::string camel_case(std::string_view name) {
  std::string out;
  bool up = false;
  for (const char c : name) {
    if (c != '_') out += up ? upper(c) : c;
    up = c == '_';
  }
  return out;
}

const Type& held(const Type& type) {
  return type.kind == Kind::optional || type.kind == Kind::nullable ? held(type.element()) : type;
}

bool takes_files(const Type& type, std::set<const void*>& seen) {
  const Type& inner = held(type);
  if (inner.kind == Kind::array) return takes_files(inner.element(), seen);
  if (inner.format == Format::file) return true;
  if (!seen.insert(inner.members.data()).second) return false;
  return std::ranges::any_of(inner.members, [&](const auto& member) { return takes_files(member.type(), seen); });
}

bool is_json(const Type& type) { return type.kind == Kind::object && type.access.set_text != nullptr; }

}  // namespace

std::string service_name(std::string_view tag) {
  std::string out;
  bool begins = true;
  for (const char c : tag) {
    if (is_letter_or_digit(c)) out += begins ? upper(c) : out.size() > 1 ? lower(c) : c;
    begins = !is_letter_or_digit(c);
  }
  if (out.size() > 1 && tag.size() > 1 && tag[1] >= 'A' && tag[1] <= 'Z') out[1] = lower(out[1]);
  return out.empty() ? "Operations" : out;
}

bool is_served(const api::Endpoint& endpoint) {
  std::set<const void*> seen;
  return endpoint.operation->transport().empty() && !takes_files(endpoint.operation->input(), seen);
}

const Field* Message::find(std::uint32_t number) const {
  const auto found = std::ranges::find(fields, number, &Field::number);
  return found == fields.end() ? nullptr : &*found;
}

class Proto::Builder {
 public:
  Builder(Proto& proto, const api::Api& api) : proto_(proto), api_(api) {
    for (const api::PreparedEndpoint& each : api_.endpoints()) {
      if (is_served(*each.endpoint)) names_.insert(service_name(each.endpoint->tag));
    }
  }

  void build() {
    for (const api::PreparedEndpoint& each : api_.endpoints()) {
      if (is_served(*each.endpoint)) add(each);
    }
    std::ranges::sort(proto_.services_, {}, &Service::name);
    for (Service& service : proto_.services_) std::ranges::sort(service.methods, {}, &Method::name);
    std::ranges::sort(proto_.messages_, {}, &Message::name);
    for (const auto& message : proto_.messages_) message->reserved = proto_.numbers_.reserved(message->name);
  }

 private:
  void add(const api::PreparedEndpoint& prepared) {
    const api::Endpoint& endpoint = *prepared.endpoint;
    const std::string full = proto_.package_ + '.' + service_name(endpoint.tag);
    auto service = std::ranges::find(proto_.services_, full, &Service::name);
    if (service == proto_.services_.end()) service = proto_.services_.insert(service, {.name = full, .methods = {}});
    method_ = capitalized(endpoint.name);
    if (std::ranges::find(service->methods, method_, &Method::name) != service->methods.end())
      throw std::logic_error("Two operations are the gRPC method " + full + "/" + method_ + ".");
    Method out{.name = method_, .operation = endpoint.name, .endpoint = &prepared};
    out.input = &message_of(endpoint.operation->input());
    out.output = &reply_of(endpoint.operation->reply());
    service->methods.push_back(std::move(out));
  }

  const Message& reply_of(const api::ReplyShape& shape) {
    if (shape.kind == api::ReplyShape::Kind::none) return empty();
    if (shape.kind != api::ReplyShape::Kind::page) return message_of(*shape.type);
    Message& page = make(method_ + "Page", Message::Shape::page, nullptr);
    Field items{.name = "items", .json_name = "items", .label = Field::Label::repeated};
    set_value(items, *shape.type);
    append(page, std::move(items));
    append(page, {.name = "pagination",
                  .json_name = "pagination",
                  .kind = Field::Kind::message,
                  .label = Field::Label::optional,
                  .message = &pagination()});
    return page;
  }

  const Message& pagination() {
    if (pagination_ != nullptr) return *pagination_;
    Message& out = make("Pagination", Message::Shape::page, nullptr);
    using Label = Field::Label;
    for (const auto& [name, kind, label] : {std::tuple{"page", Field::Kind::int64, Label::implicit},
                                            {"limit", Field::Kind::int64, Label::implicit},
                                            {"total", Field::Kind::int64, Label::implicit},
                                            {"total_is_exact", Field::Kind::boolean, Label::optional},
                                            {"next", Field::Kind::text, Label::optional},
                                            {"previous", Field::Kind::text, Label::optional}})
      append(out, {.name = name, .json_name = camel_case(name), .kind = kind, .label = label});
    return *(pagination_ = &out);
  }

  const Message& empty() {
    if (empty_ == nullptr) {
      auto message = std::make_unique<Message>();
      message->name = empty_message;
      message->shape = Message::Shape::empty;
      empty_ = message.get();
      proto_.messages_.push_back(std::move(message));
    }
    return *empty_;
  }

  const Message& message_of(const Type& type) {
    if (type.kind == Kind::choice) return choice_of(type);
    if (type.kind != Kind::object || is_json(type))
      throw std::logic_error("The operation " + method_ + " has an input or a reply that is no struct.");
    if (type.members.empty()) return empty();
    const void* const key = type.members.data();
    if (const auto known = known_.find(key); known != known_.end()) return *known->second;
    Message& out = make(free_name(std::string(type.name)), Message::Shape::object, &type);
    known_.emplace(key, &out);
    for (const schema::Member& member : type.members) append(out, field_of(member));
    return out;
  }

  // A choice has no name of its own.
  const Message& choice_of(const Type& type) {
    const void* const key = type.alternatives.data();
    if (const auto known = known_.find(key); known != known_.end()) return *known->second;
    Message& out =
        make(free_name(type.name.empty() ? method_ + "Choice" : std::string(type.name)), Message::Shape::choice, &type);
    known_.emplace(key, &out);
    for (const schema::Alternative& each : type.alternatives) {
      const Type& value = each.type();
      Field field{.name = snake_case(each.tag.empty() ? value.name : each.tag),
                  .json_name = {},
                  .label = Field::Label::in_choice};
      field.json_name = camel_case(field.name);
      set_value(field, value);
      append(out, std::move(field));
    }
    return out;
  }

  Field field_of(const schema::Member& member) {
    Field out{.name = std::string(member.name), .json_name = std::string(member.json_name), .member = &member};
    const Type& type = member.type();
    const Type& inner = held(type);
    if (type.kind == Kind::optional && type.element().kind == Kind::nullable) {
      out.label = Field::Label::optional;
      out.kind = Field::Kind::nullable;
      out.type = &inner;
      out.message = &nullable_of(inner);
    } else if (inner.kind == Kind::array) {
      out.label = Field::Label::repeated;
      set_value(out, inner.element());
    } else {
      if (&inner != &type || !member.required) out.label = Field::Label::optional;
      set_value(out, inner);
    }
    return out;
  }

  const Message& nullable_of(const Type& type) {
    Field value{.name = "value", .json_name = "value", .label = Field::Label::optional};
    set_value(value, type);
    static constexpr std::string_view kinds[] = {"Bool", "Int64", "Double", "String", "Timestamp", "Json"};
    const std::string name =
        "Nullable" +
        (value.message != nullptr ? value.message->name : std::string(kinds[static_cast<std::size_t>(value.kind)]));
    if (const auto known = nullables_.find(name); known != nullables_.end()) return *known->second;
    Message& out = make(name, Message::Shape::nullable, nullptr);
    append(out, std::move(value));
    nullables_.emplace(name, &out);
    return out;
  }

  void set_value(Field& field, const Type& type) {
    field.type = &type;
    switch (type.kind) {
      case Kind::boolean:
        field.kind = Field::Kind::boolean;
        return;
      case Kind::integer:
        field.kind = Field::Kind::int64;
        return;
      case Kind::number:
        field.kind = Field::Kind::real;
        return;
      case Kind::string:
        field.kind = type.format == Format::date_time ? Field::Kind::timestamp : Field::Kind::text;
        return;
      case Kind::object:
      case Kind::choice:
        field.kind = is_json(type) ? Field::Kind::json : Field::Kind::message;
        if (!is_json(type)) field.message = &message_of(type);
        return;
      default:
        throw std::logic_error("The member " + field.name + " of the operation " + method_ +
                               " is an array of arrays or of optionals, which protobuf lacks.");
    }
  }

  std::string free_name(std::string name) {
    if (names_.contains(name)) name = method_ + name;
    return name;
  }
  Message& make(std::string name, Message::Shape shape, const Type* type) {
    if (!names_.insert(name).second) throw std::logic_error("Two protobuf messages have the name " + name + ".");
    proto_.numbers_.begin(name);
    auto message = std::make_unique<Message>();
    message->name = std::move(name);
    message->shape = shape;
    message->type = type;
    proto_.messages_.push_back(std::move(message));
    return *proto_.messages_.back();
  }
  void append(Message& message, Field field) {
    field.number = proto_.numbers_.number(message.name, field.name);
    message.fields.push_back(std::move(field));
  }

  Proto& proto_;
  const api::Api& api_;
  std::string method_;           // the one that is being added
  std::set<std::string> names_;  // of services and messages, which share one scope
  std::map<const void*, const Message*> known_;
  std::map<std::string, const Message*> nullables_;
  const Message* empty_ = nullptr;
  const Message* pagination_ = nullptr;
};

Proto::Proto(const api::Api& api, std::string package, FieldNumbers numbers)
    : package_(std::move(package)), numbers_(std::move(numbers)) {
  Builder(*this, api).build();
}
Proto::~Proto() = default;

const Service* Proto::find(std::string_view service) const {
  const auto found = std::ranges::find(services_, service, &Service::name);
  return found == services_.end() ? nullptr : &*found;
}

std::string Proto::file_name() const {
  std::string out = package_;
  std::ranges::replace(out, '.', '/');
  return out + "/api.proto";
}

}  // namespace ashlar::grpc
