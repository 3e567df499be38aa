// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/grpc/detail/message_codec.hpp"
#include "ashlar/grpc/detail/wire.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <bit>
#include <deque>
#include <utility>
#include <vector>

namespace ashlar::grpc::detail {

namespace {

using schema::Kind;
using schema::Type;
namespace codes = schema::codes;

constexpr std::int64_t nanos_per_millisecond = 1'000'000;
constexpr std::int64_t nanos_per_second = 1'000'000'000;

// The reader's position, as in schema/json_read.cpp.
struct Place {
  const Place* parent = nullptr;
  std::string_view name{};  // data() is null for an item
  std::size_t index = 0;
};

void append_pointer(const Place* place, std::string& out) {
  if (place == nullptr) return;
  append_pointer(place->parent, out);
  out += '/';
  out += place->name.data() == nullptr ? std::to_string(place->index) : std::string(place->name);
}

class Reader {
 public:
  explicit Reader(const ReadLimits& limits) : limits_(limits) {}

  void read_object(const Message& message, void* object, std::string_view bytes, const Place* place, std::size_t depth);

  [[nodiscard]] Result<> result() {
    if (malformed_ != nullptr) return fail(errors::malformed_protobuf, malformed_);
    if (!faults_.empty()) return std::unexpected(invalid_input(std::move(faults_)));
    return {};
  }

 private:
  // What has arrived of one field of one message.
  struct Arrived {
    bool seen = false;
    std::size_t items = 0;
    void* array = nullptr;
    std::string_view bytes{};       // of a message
    std::string* merged = nullptr;  // of several
  };

  [[nodiscard]] bool over() const { return malformed_ != nullptr || faults_.size() >= limits_.faults_max; }
  void malformed(const char* why) {
    if (malformed_ == nullptr) malformed_ = why;
  }
  void fault(const Place* place, std::string_view code, std::string message) {
    if (over()) return;
    std::string path;
    append_pointer(place, path);
    faults_.push_back({.path = std::move(path), .code = std::string(code), .message = std::move(message)});
  }
  void check(schema::Check broken, const Place* place) {
    if (broken) fault(place, broken->code, std::move(broken->message));
  }

  void take(const Field& field, Arrived& arrived, const WireField& wire, void* object, const Place* place,
            std::size_t depth);
  void take_item(const Field& field, Arrived& arrived, const WireField& wire, void* object, const Place* place,
                 std::size_t depth);
  void merge(Arrived& arrived, std::string_view bytes);
  void read_value(const Field& field, void* value, const WireField& wire, const Place* place, std::size_t depth);
  void read_scalar(const Field& field, void* value, std::uint64_t number, const Place* place);
  void read_timestamp(const Type& type, void* value, std::string_view bytes, const Place* place);
  void read_choice(const Message& message, void* choice, std::string_view bytes, const Place* place, std::size_t depth);
  void read_nullable(const Field& field, void* holder, std::string_view bytes, const Place* place, std::size_t depth);
  void finish(const Field& field, const Arrived& arrived, void* object, const Place* place, std::size_t depth);
  void read_absent(const Field& field, void* member, const Place* place);

  const ReadLimits& limits_;
  std::deque<std::string> merged_;
  std::vector<Fault> faults_;
  const char* malformed_ = nullptr;
};

bool is_number(Field::Kind kind) {
  return kind == Field::Kind::boolean || kind == Field::Kind::int64 || kind == Field::Kind::real;
}
WireType wire_type_of(Field::Kind kind) {
  if (kind == Field::Kind::real) return WireType::fixed64;
  return is_number(kind) ? WireType::varint : WireType::bytes;
}
bool is_message(Field::Kind kind) {
  return kind == Field::Kind::message || kind == Field::Kind::nullable || kind == Field::Kind::timestamp;
}

// Makes a value in the optionals and nullables around it.
void* emplace_held(const Type& type, void* holder) {
  if (type.kind != Kind::optional && type.kind != Kind::nullable) return holder;
  return emplace_held(type.element(), type.access.emplace(holder));
}
const Type& held(const Type& type) {
  return type.kind == Kind::optional || type.kind == Kind::nullable ? held(type.element()) : type;
}

void Reader::read_object(const Message& message, void* object, std::string_view bytes, const Place* place,
                         std::size_t depth) {
  if (depth > limits_.depth_max) return malformed("The messages are nested too deeply.");
  std::vector<Arrived> arrived(message.fields.size());
  WireReader reader(bytes);
  WireField wire;
  const std::size_t faults_before = faults_.size();
  while (!over() && reader.next(wire)) {
    const Field* const field = message.find(wire.field);
    if (field == nullptr) continue;
    const auto index = static_cast<std::size_t>(field - message.fields.data());
    const Place here{.parent = place, .name = field->json_name};
    take(*field, arrived[index], wire, object, &here, depth);
  }
  if (reader.malformed()) malformed("The message is no protobuf.");
  for (std::size_t i = 0; i < arrived.size() && !over(); ++i) {
    const Place here{.parent = place, .name = message.fields[i].json_name};
    finish(message.fields[i], arrived[i], object, &here, depth);
  }
  if (message.type == nullptr || message.type->access.refine == nullptr || over() || faults_.size() != faults_before)
    return;
  std::string prefix;
  append_pointer(place, prefix);
  schema::refine(*message.type, object, prefix + '/', faults_);
}

void Reader::take(const Field& field, Arrived& arrived, const WireField& wire, void* object, const Place* place,
                  std::size_t depth) {
  if (field.label == Field::Label::repeated) return take_item(field, arrived, wire, object, place, depth);
  if (wire.type != wire_type_of(field.kind)) return;
  arrived.seen = true;
  if (is_message(field.kind)) return merge(arrived, wire.bytes);
  read_value(field, emplace_held(field.member->type(), field.member->locate(object)), wire, place, depth);
}

void Reader::take_item(const Field& field, Arrived& arrived, const WireField& wire, void* object, const Place* place,
                       std::size_t depth) {
  const bool packed = is_number(field.kind) && wire.type == WireType::bytes;
  if (!packed && wire.type != wire_type_of(field.kind)) return;
  const Type& array = held(field.member->type());
  if (arrived.array == nullptr) arrived.array = emplace_held(field.member->type(), field.member->locate(object));
  arrived.seen = true;
  const std::size_t max = array.bounds.max ? static_cast<std::size_t>(*array.bounds.max) : limits_.array_items_max;
  WireReader run(wire.bytes);
  do {
    WireField item = wire;
    if (packed) {
      if (run.empty()) return;
      const auto number = field.kind == Field::Kind::real ? run.fixed(8) : run.varint();
      if (!number) return malformed("A packed field is cut off.");
      item.number = *number;
      item.type = wire_type_of(field.kind);
    }
    if (arrived.items == max) {
      // Each further item would be the same fault.
      if (arrived.items++ == max)
        fault(place, codes::too_many_items, "must have at most " + std::to_string(max) + " items");
      return;
    }
    if (arrived.items > max) return;
    const Place here{.parent = place, .index = arrived.items++};
    read_value(field, array.access.append(arrived.array), item, &here, depth);
  } while (packed && !over());
}

// The concatenation of two encoded messages is their merge.
void Reader::merge(Arrived& arrived, std::string_view bytes) {
  if (arrived.items++ == 0) {
    arrived.bytes = bytes;
    return;
  }
  if (arrived.merged == nullptr) arrived.merged = &merged_.emplace_back(arrived.bytes);
  arrived.merged->append(bytes);
  arrived.bytes = *arrived.merged;
}

void Reader::read_value(const Field& field, void* value, const WireField& wire, const Place* place, std::size_t depth) {
  switch (field.kind) {
    case Field::Kind::boolean:
    case Field::Kind::int64:
    case Field::Kind::real:
      return read_scalar(field, value, wire.number, place);
    case Field::Kind::text:
      if (!is_utf8(wire.bytes)) return malformed("A string is not UTF-8.");
      return check(field.type->access.set_text(value, wire.bytes), place);
    case Field::Kind::json:
      if (schema::read_json(wire.bytes, *field.type, value)) return;
      return fault(place, codes::type, "must be the JSON text of an object");
    case Field::Kind::timestamp:
      return read_timestamp(*field.type, value, wire.bytes, place);
    case Field::Kind::nullable:
      return;
    case Field::Kind::message:
      if (field.message->shape == Message::Shape::choice)
        return read_choice(*field.message, value, wire.bytes, place, depth + 1);
      return read_object(*field.message, value, wire.bytes, place, depth + 1);
  }
}

void Reader::read_scalar(const Field& field, void* value, std::uint64_t number, const Place* place) {
  const schema::Access& access = field.type->access;
  if (field.kind == Field::Kind::boolean) return check(access.set_boolean(value, number != 0), place);
  if (field.kind == Field::Kind::int64)
    return check(access.set_integer(value, static_cast<std::int64_t>(number)), place);
  const auto real = std::bit_cast<double>(number);
  if (!(real - real == 0)) return fault(place, codes::type, "must be a finite number");
  check(access.set_number(value, real), place);
}

void Reader::read_timestamp(const Type& type, void* value, std::string_view bytes, const Place* place) {
  WireReader reader(bytes);
  WireField wire;
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  while (reader.next(wire)) {
    if (wire.type != WireType::varint) continue;
    if (wire.field == 1) seconds = static_cast<std::int64_t>(wire.number);
    if (wire.field == 2) nanos = static_cast<std::int64_t>(wire.number);
  }
  if (reader.malformed()) return malformed("A timestamp is no protobuf.");
  constexpr std::int64_t min = Timestamp::milliseconds_min / 1000;
  constexpr std::int64_t max = Timestamp::milliseconds_max / 1000;
  if (seconds < min || seconds > max || nanos < 0 || nanos >= nanos_per_second)
    return fault(place, codes::date_time, "must be a moment of the years 0001 to 9999");
  check(type.access.set_integer(value, seconds * 1000 + nanos / nanos_per_millisecond), place);
}

// The last member of a oneof counts; several messages of it in a row are merged.
void Reader::read_choice(const Message& message, void* choice, std::string_view bytes, const Place* place,
                         std::size_t depth) {
  if (depth > limits_.depth_max) return malformed("The messages are nested too deeply.");
  WireReader reader(bytes);
  WireField wire;
  const Field* active = nullptr;
  Arrived arrived;
  while (reader.next(wire)) {
    const Field* const field = message.find(wire.field);
    if (field == nullptr || wire.type != WireType::bytes) continue;
    if (field != std::exchange(active, field)) arrived = {};
    merge(arrived, wire.bytes);
  }
  if (reader.malformed()) return malformed("The message is no protobuf.");
  if (active == nullptr || message.type->tag_name.empty())
    return fault(place, codes::required, "must be one of the alternatives");
  const auto index = static_cast<std::size_t>(active - message.fields.data());
  const Place here{.parent = place, .name = active->json_name};
  void* const value = message.type->alternatives[index].emplace(choice);
  if (active->message->shape != Message::Shape::empty)
    read_object(*active->message, value, arrived.bytes, &here, depth + 1);
}

void Reader::read_nullable(const Field& field, void* holder, std::string_view bytes, const Place* place,
                           std::size_t depth) {
  const Type& outer = field.member->type();
  const Type& nullable = outer.element();
  void* const target = outer.access.emplace(holder);
  nullable.access.clear(target);
  const Field& inner = field.message->fields.front();
  WireReader reader(bytes);
  WireField wire;
  Arrived arrived;
  while (!over() && reader.next(wire)) {
    if (wire.field != inner.number || wire.type != wire_type_of(inner.kind)) continue;
    if (is_message(inner.kind)) {
      merge(arrived, wire.bytes);
      wire.bytes = arrived.bytes;
    }
    read_value(inner, emplace_held(nullable, target), wire, place, depth + 1);
  }
  if (reader.malformed()) malformed("The message is no protobuf.");
}

void Reader::finish(const Field& field, const Arrived& arrived, void* object, const Place* place, std::size_t depth) {
  void* const member = field.member->locate(object);
  if (field.label == Field::Label::repeated) {
    const Type& array = held(field.member->type());
    const bool must_be = arrived.seen || field.member->required;
    if (!must_be || over()) return;
    if (!arrived.seen) (void)emplace_held(field.member->type(), member);
    const auto min = static_cast<std::size_t>(array.bounds.min.value_or(0));
    if (arrived.items < min) fault(place, codes::too_few_items, "must have at least " + std::to_string(min) + " items");
    return;
  }
  if (!arrived.seen) return read_absent(field, member, place);
  if (field.kind == Field::Kind::nullable) return read_nullable(field, member, arrived.bytes, place, depth);
  if (!is_message(field.kind)) return;
  const WireField wire{.type = WireType::bytes, .bytes = arrived.bytes};
  read_value(field, emplace_held(field.member->type(), member), wire, place, depth);
}

void Reader::read_absent(const Field& field, void* member, const Place* place) {
  const Type& type = field.member->type();
  if (!field.member->required) return;
  if (type.kind == Kind::nullable) return type.access.clear(member);
  const auto missing = [&] { fault(place, codes::required, "is missing"); };
  schema::Check refused;
  switch (field.kind) {
    case Field::Kind::boolean:
      refused = type.access.set_boolean(member, false);
      break;
    case Field::Kind::int64:
      refused = type.access.set_integer(member, 0);
      break;
    case Field::Kind::real:
      refused = type.access.set_number(member, 0);
      break;
    case Field::Kind::text:
      refused = type.access.set_text(member, {});
      break;
    default:
      return missing();
  }
  if (refused) missing();
}

}  // namespace

Result<> read_message(std::string_view bytes, const Message& message, void* value, const ReadLimits& limits) {
  Reader reader(limits);
  reader.read_object(message, value, bytes, nullptr, 1);
  return reader.result();
}

}  // namespace ashlar::grpc::detail
