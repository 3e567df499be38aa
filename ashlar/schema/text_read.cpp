// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/ascii.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace ashlar::schema {
namespace {

Violation wrong_type(std::string_view message) { return {codes::type, std::string(message)}; }

// -?(0|[1-9][0-9]*)(\.[0-9]+)? : JSON's number without an exponent. Returns the number of decimals, or nullopt.
std::optional<std::size_t> decimals_of(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0') || !std::ranges::all_of(whole, is_digit)) return {};
  if (point == text.size()) return 0;
  const std::string_view decimals = text.substr(point + 1);
  if (decimals.empty() || !std::ranges::all_of(decimals, is_digit)) return {};
  return decimals.size();
}

template <class Number>
std::errc convert(std::string_view text, Number& number) {
  return std::from_chars(text.data(), text.data() + text.size(), number).ec;
}

Check read_integer(std::string_view text, const Type& type, void* value) {
  if (decimals_of(text) != 0) return wrong_type("must be an integer");
  std::int64_t number = 0;
  if (convert(text, number) != std::errc{}) {
    return Violation{text.starts_with('-') ? codes::too_small : codes::too_large, "must be an integer of 64 bits"};
  }
  return type.access.set_integer(value, number);
}

Check read_number(std::string_view text, const Type& type, void* value) {
  if (!decimals_of(text)) return wrong_type("must be a number");
  double number = 0;
  const std::errc error = convert(text, number);
  if (error != std::errc{} && !text.starts_with("0.") && !text.starts_with("-0.")) {  // those are nearly zero
    return Violation{text.starts_with('-') ? codes::too_small : codes::too_large,
                     "must be a number that a double can hold"};
  }
  return type.access.set_number(value, number);
}

// Unlike in JSON, where a number is explicit, an amount may omit its decimals: minPrice=10.
Check read_money(std::string_view text, const Type& type, void* value) {
  const auto decimals = decimals_of(text);
  if (decimals != 0 && decimals != 1) return type.access.set_text(value, text);
  std::string amount(text);
  amount += *decimals == 0 ? ".00" : "0";
  return type.access.set_text(value, amount);
}

Check read_item(std::string_view text, const Type& type, void* array, const ReadOptions& options) {
  const std::size_t max = type.bounds.max ? static_cast<std::size_t>(*type.bounds.max) : options.array_items_max;
  if (type.access.size(array) >= max) {
    return Violation{codes::too_many_items, "must be given at most " + std::to_string(max) + " times"};
  }
  auto broken = read_text(text, type.element(), type.access.append(array), options);
  if (broken) type.access.remove_last(array);
  return broken;
}

class FaultList final : public Refinement {
 public:
  FaultList(const Type& type, std::string_view prefix, std::vector<Fault>& faults)
      : type_(type), prefix_(prefix), faults_(faults) {}

  void fault(std::string_view member, std::string_view code, std::string message) override {
    const auto found = std::ranges::find(type_.members, member, &Member::name);
    std::string path(prefix_);
    if (found != type_.members.end()) {
      path += found->json_name;
    } else if (path.ends_with('/')) {
      path.pop_back();  // the rule is about the whole object
    }
    faults_.push_back({.path = std::move(path), .code = std::string(code), .message = std::move(message)});
  }

 private:
  const Type& type_;
  std::string_view prefix_;
  std::vector<Fault>& faults_;
};

}  // namespace

Check read_text(std::string_view text, const Type& type, void* value, const ReadOptions& options) {
  switch (type.kind) {
    case Kind::boolean:
      if (text != "true" && text != "false") return wrong_type("must be true or false");
      return type.access.set_boolean(value, text == "true");
    case Kind::integer:
      return read_integer(text, type, value);
    case Kind::number:
      return read_number(text, type, value);
    case Kind::string:
      if (type.format == Format::money) return read_money(text, type, value);
      return type.access.set_text(value, text);
    case Kind::array:
      return read_item(text, type, value, options);
    case Kind::optional:
    case Kind::nullable: {
      const void* content = type.access.content(value);  // an array that has items already is extended
      return read_text(text, type.element(), content ? const_cast<void*>(content) : type.access.emplace(value),
                       options);
    }
    case Kind::object:
    case Kind::choice:
      break;
  }
  return wrong_type("cannot be given as text");
}

Check check_items(const Type& type, const void* value) {
  if (type.kind == Kind::optional || type.kind == Kind::nullable) {
    const void* content = type.access.content(value);
    return content == nullptr ? Check{} : check_items(type.element(), content);
  }
  if (type.kind != Kind::array) return {};
  const auto min = static_cast<std::size_t>(type.bounds.min.value_or(0));
  if (type.access.size(value) >= min) return {};
  return Violation{codes::too_few_items, "must be given at least " + std::to_string(min) + " times"};
}

void refine(const Type& type, const void* object, std::string_view pointer_prefix, std::vector<Fault>& faults) {
  if (type.access.refine == nullptr) return;
  FaultList list(type, pointer_prefix, faults);
  type.access.refine(object, list);
}

}  // namespace ashlar::schema
