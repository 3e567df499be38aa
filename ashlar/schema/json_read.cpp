// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/detail/json_numbers.hpp"
#include "ashlar/schema/detail/json_parser.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/schema/protobuf_json.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace ashlar::schema {
namespace {

namespace dom = simdjson::dom;
using simdjson::dom::element_type;

constexpr std::size_t members_limit = 256;

// The reader's position: a list on the stack, converted to text only when there is a fault to report.
struct Place {
  const Place* parent = nullptr;
  std::string_view name{};  // of a member; data() is null for an item
  std::size_t index = 0;    // of an item
};

void append_pointer(const Place* place, std::string& out) {
  if (place == nullptr) return;
  append_pointer(place->parent, out);
  out += '/';
  if (place->name.data() == nullptr) {
    out += std::to_string(place->index);
    return;
  }
  for (const char c : place->name) {  // RFC 6901 section 3
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

std::string_view kind_wanted(const Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return "must be true or false";
    case Kind::integer:
      return "must be an integer";
    case Kind::number:
      return "must be a number";
    case Kind::string:
      return type.format == Format::money ? "must be an amount, such as \"12.50\"" : "must be a string";
    case Kind::array:
      return "must be an array";
    default:
      return "must be an object";
  }
}

// Walks a parsed text and a Type in parallel. Each read_ function sets the value or records a fault; the number of
// faults tells whether there was any.
class Reader {
 public:
  // `numbers_replaced`: see replace_large_numbers().
  enum class Numbers : bool { as_written, replaced };
  enum class Integers : bool { numbers, numbers_or_text };
  Reader(const ReadOptions& options, Numbers numbers, Integers integers)
      : options_(options), numbers_(numbers), integers_(integers) {}

  void read(const Type& type, void* value, dom::element from, const Place* place);
  [[nodiscard]] std::vector<Fault>& faults() { return faults_; }

 private:
  using Seen = std::array<std::uint64_t, members_limit / 64>;

  void read_boolean(const Type& type, void* value, dom::element from, const Place* place);
  void read_integer(const Type& type, void* value, dom::element from, const Place* place);
  void read_number(const Type& type, void* value, dom::element from, const Place* place);
  void read_string(const Type& type, void* value, dom::element from, const Place* place);
  void read_array(const Type& type, void* value, dom::element from, const Place* place);
  void read_object(const Type& type, void* value, dom::object from, const Place* place, std::string_view tag_name);
  void read_choice(const Type& type, void* value, dom::element from, const Place* place);
  void find_missing(const Type& type, void* value, const Seen& seen, const Place* place);

  // At least one fault is recorded: without any, the refused input would seem valid.
  [[nodiscard]] std::size_t faults_max() const { return std::max<std::size_t>(options_.faults_max, 1); }
  [[nodiscard]] bool full() const { return faults_.size() >= faults_max(); }
  [[nodiscard]] bool is_replaced(double number) const {
    return numbers_ == Numbers::replaced && std::abs(number) == std::numeric_limits<double>::max();
  }
  void fault(const Place* place, std::string_view code, std::string message) {
    if (full()) return;
    std::string path;
    append_pointer(place, path);
    faults_.push_back({.path = std::move(path), .code = std::string(code), .message = std::move(message)});
  }
  void wrong_type(const Type& type, dom::element from, const Place* place) {
    if (from.is_null()) return fault(place, codes::null, "must not be null");
    fault(place, codes::type, std::string(kind_wanted(type)));
  }
  void check(Check broken, const Place* place) {
    if (broken) fault(place, broken->code, std::move(broken->message));
  }

  const ReadOptions& options_;
  Numbers numbers_;
  Integers integers_;
  std::vector<Fault> faults_;
};

void Reader::read(const Type& type, void* value, dom::element from, const Place* place) {
  if (full()) return;
  switch (type.kind) {
    case Kind::optional:
      return read(type.element(), type.access.emplace(value), from, place);
    case Kind::nullable:
      if (from.is_null()) return type.access.clear(value);
      return read(type.element(), type.access.emplace(value), from, place);
    case Kind::boolean:
      return read_boolean(type, value, from, place);
    case Kind::integer:
      return read_integer(type, value, from, place);
    case Kind::number:
      return read_number(type, value, from, place);
    case Kind::string:
      return read_string(type, value, from, place);
    case Kind::array:
      return read_array(type, value, from, place);
    case Kind::object:
      if (!from.is_object()) return wrong_type(type, from, place);
      if (type.access.set_text != nullptr)  // JsonObject
        return check(type.access.set_text(value, simdjson::minify(from)), place);
      return read_object(type, value, from.get_object().value_unsafe(), place, {});
    case Kind::choice:
      return read_choice(type, value, from, place);
  }
}

void Reader::read_boolean(const Type& type, void* value, dom::element from, const Place* place) {
  bool read = false;
  if (from.get(read) != simdjson::SUCCESS) return wrong_type(type, from, place);
  check(type.access.set_boolean(value, read), place);
}

void Reader::read_integer(const Type& type, void* value, dom::element from, const Place* place) {
  constexpr double past_64_bits = 9223372036854775808.0;
  constexpr double exact_below = 9007199254740992.0;  // 2^53: from there on a double may stand for another integer
  bool negative = false;
  switch (from.type()) {
    case element_type::INT64:
      return check(type.access.set_integer(value, from.get_int64().value_unsafe()), place);
    case element_type::UINT64:
      break;
    case element_type::DOUBLE: {
      // JSON Schema 2020-12 section 6.1.1: 5.0 and 1e1 are integers.
      const double number = from.get_double().value_unsafe();
      if (std::abs(number) < exact_below && std::trunc(number) == number)
        return check(type.access.set_integer(value, static_cast<std::int64_t>(number)), place);
      negative = number < 0;
      if (std::abs(number) >= past_64_bits) break;
      [[fallthrough]];
    }
    default:
      if (integers_ == Integers::numbers_or_text && from.is_string())
        return check(read_text(from.get_string().value_unsafe(), type, value), place);
      return wrong_type(type, from, place);
  }
  using Limits = std::numeric_limits<std::int64_t>;
  if (negative) {
    return fault(place, codes::too_small,
                 "must be at least " + std::to_string(type.bounds.min.value_or(Limits::min())));
  }
  fault(place, codes::too_large, "must be at most " + std::to_string(type.bounds.max.value_or(Limits::max())));
}

void Reader::read_number(const Type& type, void* value, dom::element from, const Place* place) {
  double number = 0;
  if (from.get(number) != simdjson::SUCCESS) return wrong_type(type, from, place);
  if (is_replaced(number)) {
    return number < 0 ? fault(place, codes::too_small, "must be a number that a double can hold")
                      : fault(place, codes::too_large, "must be a number that a double can hold");
  }
  check(type.access.set_number(value, number), place);
}

void Reader::read_string(const Type& type, void* value, dom::element from, const Place* place) {
  std::string_view text;
  if (from.get(text) == simdjson::SUCCESS) return check(type.access.set_text(value, text), place);
  double number = 0;
  if (type.access.set_number != nullptr && from.get(number) == simdjson::SUCCESS) {
    return check(type.access.set_number(value, number), place);
  }
  wrong_type(type, from, place);
}

void Reader::read_array(const Type& type, void* value, dom::element from, const Place* place) {
  if (!from.is_array()) return wrong_type(type, from, place);
  const dom::array items = from.get_array().value_unsafe();
  const std::size_t max = type.bounds.max ? static_cast<std::size_t>(*type.bounds.max) : options_.array_items_max;
  const auto min = static_cast<std::size_t>(type.bounds.min.value_or(0));
  const auto items_text = [](std::size_t count) { return std::to_string(count) + (count == 1 ? " item" : " items"); };
  const std::size_t size = items.size();
  if (size > max) return fault(place, codes::too_many_items, "must have at most " + items_text(max));
  if (size < min) fault(place, codes::too_few_items, "must have at least " + items_text(min));
  const Type& item_type = type.element();
  Place item{.parent = place};
  for (const dom::element each : items) {
    read(item_type, type.access.append(value), each, &item);
    ++item.index;
  }
}

// Members usually come in the order of the struct, so the next one is tried first.
void Reader::read_object(const Type& type, void* value, dom::object from, const Place* place,
                         std::string_view tag_name) {
  assert(type.members.size() <= members_limit && "a struct has too many members");
  const std::size_t faults_before = faults_.size();
  const std::size_t count = type.members.size();
  Seen seen{};
  std::size_t next = 0, distinct = 0;
  bool tag_seen = false;
  for (const auto [key, element] : from) {
    if (full()) return;
    const Place here{.parent = place, .name = key};
    std::size_t at = next < count && type.members[next].json_name == key ? next : 0;
    while (at < count && type.members[at].json_name != key) ++at;
    if (at < count) {
      next = at + 1;
      std::uint64_t& word = seen[at / 64];
      const std::uint64_t bit = std::uint64_t{1} << at % 64;
      if ((word & bit) != 0) {
        fault(&here, codes::duplicate_member, "must be given once");
        continue;
      }
      word |= bit;
      ++distinct;
      const Member& member = type.members[at];
      read(member.type(), member.locate(value), element, &here);
    } else if (!tag_name.empty() && key == tag_name) {
      if (std::exchange(tag_seen, true)) fault(&here, codes::duplicate_member, "must be given once");
    } else if (options_.unknown == ReadOptions::Unknown::refuse && type.unknown_members == UnknownMembers::refused) {
      fault(&here, codes::unknown_member, "is unknown");
    }
  }
  if (distinct < count) find_missing(type, value, seen, place);
  if (type.access.refine != nullptr && faults_.size() == faults_before) {
    std::string prefix;
    append_pointer(place, prefix);
    refine(type, value, prefix += '/', faults_);
    if (full()) faults_.resize(faults_max());
  }
}

void Reader::find_missing(const Type& type, void* value, const Seen& seen, const Place* place) {
  for (std::size_t i = 0; i < type.members.size(); ++i) {
    if ((seen[i / 64] >> i % 64 & 1) != 0) continue;
    const Member& member = type.members[i];
    if (member.required) {
      const Place here{.parent = place, .name = member.json_name};
      fault(&here, codes::required, "is required");
    } else if (const Type& held = member.type(); held.kind == Kind::optional) {
      held.access.clear(member.locate(value));
    }
  }
}

void Reader::read_choice(const Type& type, void* value, dom::element from, const Place* place) {
  if (type.tag_name.empty()) throw std::logic_error("an untagged union is written and never read");
  if (!from.is_object()) return wrong_type(type, from, place);
  const dom::object object = from.get_object().value_unsafe();
  const Place tag_place{.parent = place, .name = type.tag_name};
  dom::element tag_element;
  if (object.at_key(type.tag_name).get(tag_element) != simdjson::SUCCESS) {
    return fault(&tag_place, codes::required, "is required");
  }
  std::string_view tag;
  if (tag_element.get(tag) != simdjson::SUCCESS) {
    if (tag_element.is_null()) return fault(&tag_place, codes::null, "must not be null");
    return fault(&tag_place, codes::type, "must be a string");
  }
  for (const Alternative& alternative : type.alternatives) {
    if (alternative.tag != tag) continue;
    return read_object(alternative.type(), alternative.emplace(value), object, place, type.tag_name);
  }
  std::vector<std::string_view> tags;
  for (const Alternative& alternative : type.alternatives) tags.push_back(alternative.tag);
  Violation unknown = detail::unknown_enumerator(tags);
  fault(&tag_place, unknown.code, std::move(unknown.message));
}

Result<> read_any(std::string_view json, const Type& type, void* value, const ReadOptions& options,
                  Reader::Integers integers) {
  const detail::JsonParser::Lease parser(json.size());
  auto parsed = parser->parse(json, options.depth_max);
  auto numbers = Reader::Numbers::as_written;
  if (parsed.error() == simdjson::NUMBER_ERROR) {
    if (const auto replaced = detail::replace_large_numbers(json)) {
      parsed = parser->parse(replaced->json, options.depth_max);
      if (replaced->any_past_double) numbers = Reader::Numbers::replaced;
    }
  }
  if (parsed.error() != simdjson::SUCCESS) return std::unexpected(detail::malformed(json, options.depth_max));

  Reader reader(options, numbers, integers);
  reader.read(type, value, parsed.value_unsafe(), nullptr);
  if (reader.faults().empty()) return {};
  return std::unexpected(invalid_input(std::move(reader.faults())));
}

}  // namespace

Result<> read_json(std::string_view json, const Type& type, void* value, const ReadOptions& options) {
  return read_any(json, type, value, options, Reader::Integers::numbers);
}

Result<> read_protobuf_json(std::string_view json, const Type& type, void* value, const ReadOptions& options) {
  return read_any(json, type, value, options, Reader::Integers::numbers_or_text);
}

}  // namespace ashlar::schema
