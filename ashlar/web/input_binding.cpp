// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/input_binding.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/web/percent_encoding.hpp"

#include <algorithm>
#include <bitset>
#include <iterator>

namespace ashlar::web {

namespace {

using schema::Kind;
namespace codes = schema::codes;

constexpr std::size_t query_members_max = 64;

const schema::Type& held_type(const schema::Type& type) {
  return type.kind == Kind::optional || type.kind == Kind::nullable ? held_type(type.element()) : type;
}

bool is_text_readable(const schema::Type& type) { return type.kind != Kind::object && type.kind != Kind::choice; }

bool takes_body(http::Method method) {
  return method == http::Method::post || method == http::Method::put || method == http::Method::patch;
}

void add_fault(std::string_view path, std::string_view code, std::string message, std::vector<Fault>& faults) {
  faults.push_back({.path = std::string(path), .code = std::string(code), .message = std::move(message)});
}

void check(schema::Check broken, std::string_view path, std::vector<Fault>& faults) {
  if (broken) add_fault(path, broken->code, std::move(broken->message), faults);
}

// An array of a query has no end that says how many items there are to be, so their number is looked at afterwards.
void check_item_count(const schema::Member& member, const void* input, std::vector<Fault>& faults) {
  const schema::Type& type = member.type();
  if (type.kind != Kind::array || !type.bounds.min) return;
  const auto least = static_cast<std::size_t>(*type.bounds.min);
  if (type.access.size(member.locate_in(input)) < least)
    add_fault(member.json_name, codes::too_few_items, "must be given at least " + std::to_string(least) + " times",
              faults);
}

std::unexpected<Error> malformed_query() {
  return fail(errors::malformed_query, "The query holds an escape that is none, or text that is not UTF-8.");
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

InputBinding::InputBinding(http::Method method, std::string_view path, const schema::Type& input)
    : input_(input), source_(takes_body(method) ? Source::body : Source::query), rest_(input) {
  for (std::size_t at = path.find('{'); at != path.npos; at = path.find('{', at + 1)) {
    const std::string_view name = path.substr(at + 1, path.find('}', at) - at - 1);
    const auto member = std::ranges::find(input.members, name, &schema::Member::json_name);
    if (member != input.members.end()) path_.push_back(&*member);
  }
  std::ranges::copy_if(input.members, std::back_inserter(rest_members_),
                       [&](const schema::Member& member) { return std::ranges::find(path_, &member) == path_.end(); });
  required_ = std::ranges::any_of(rest_members_, &schema::Member::required);
  rest_name_ = std::string(input.name) + "Body";
  rest_.name = rest_name_;
  rest_.members = rest_members_;
  rest_.access.refine = nullptr;  // finish() runs it over the whole input
  rest_.append_example = nullptr;
}

std::string InputBinding::complaint() const {
  const auto name_of = [](const schema::Member& member) { return '"' + std::string(member.json_name) + '"'; };
  for (const auto* member : path_) {
    const Kind kind = member->type().kind;
    if (!is_text_readable(held_type(member->type())) || kind == Kind::array || kind == Kind::optional)
      return "its member " + name_of(*member) + " comes from the path, so it must be text, a number or the like";
  }
  if (source_ == Source::body) return {};
  if (rest_members_.size() > query_members_max) return "its input has more than 64 members for the query";
  for (const auto& member : rest_members_) {
    const schema::Type& held = held_type(member.type());
    if (!is_text_readable(held) || (held.kind == Kind::array && !is_text_readable(held_type(held.element()))))
      return "its member " + name_of(member) + " comes from the query, which cannot say an object";
  }
  return {};
}

Result<> InputBinding::read_path(std::span<const std::string_view> values, void* input,
                                 std::vector<Fault>& faults) const {
  std::string buffer;
  for (std::size_t i = 0; i < path_.size(); ++i) {
    const schema::Member& member = *path_[i];
    const auto value = percent_decode(values[i], PlusSign::plus, buffer);
    if (!value)
      return fail(errors::malformed_path, "The path holds an escape that is none, or text that is not UTF-8.");
    check(schema::read_text(*value, member.type(), member.locate(input)), member.json_name, faults);
  }
  return {};
}

Result<> InputBinding::read_query(std::string_view query, void* input, std::vector<Fault>& faults) const {
  const std::span<const schema::Member> members =
      source_ == Source::query ? std::span<const schema::Member>(rest_members_) : std::span<const schema::Member>{};
  std::bitset<query_members_max> seen;
  std::string name_buffer, value_buffer;
  for (QueryPieces pieces(query); pieces.next();) {
    const auto name = percent_decode(pieces.name(), PlusSign::space, name_buffer);
    const auto value = percent_decode(pieces.value(), PlusSign::space, value_buffer);
    if (!name || !value) return malformed_query();
    const auto member = std::ranges::find(members, *name, &schema::Member::json_name);
    if (member == members.end()) {
      add_fault(*name, codes::unknown_member, "is not known here", faults);
      continue;
    }
    const auto index = static_cast<std::size_t>(member - members.begin());
    if (seen[index] && held_type(member->type()).kind != Kind::array) {
      add_fault(*name, codes::duplicate_member, "must be given once", faults);
      continue;
    }
    seen.set(index);
    check(schema::read_text(*value, member->type(), member->locate(input)), *name, faults);
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    const bool empty_list = members[i].type().kind == Kind::array && members[i].type().bounds.min.value_or(0) == 0;
    if (seen[i]) {
      check_item_count(members[i], input, faults);
    } else if (members[i].required && !empty_list) {
      add_fault(members[i].json_name, codes::required, "is required", faults);
    }
  }
  return {};
}

Result<> InputBinding::check_body(const http::Request& request, const KnownHeaders& headers) const {
  if (!request.body->present()) return {};
  if (source_ == Source::query)
    return fail(errors::body_not_expected, std::string(http::to_string(request.method)) + " takes no body here.");
  if (headers.content_types != 1 || !is_json_media_type(headers.content_type))
    return fail(errors::unsupported_media_type, "The body must be JSON, with Content-Type: application/json.");
  return {};
}

Result<> InputBinding::read_body(std::string_view json, std::size_t depth_max, void* input,
                                 std::vector<Fault>& faults) const {
  if (json.empty()) {
    if (!required_) return {};
    return fail(ashlar::errors::malformed_json, "A JSON body is expected, and there is none.");
  }
  auto read = schema::read_json(json, rest_, input, {.depth_max = depth_max});
  if (read) return {};
  if (read.error().kind() != ErrorKind::invalid) return read;
  faults.insert(faults.end(), read.error().faults().begin(), read.error().faults().end());
  return {};
}

Result<> InputBinding::finish(const void* input, std::vector<Fault>& faults) const {
  if (faults.empty()) schema::refine(input_, input, source_ == Source::body ? "/" : "", faults);
  if (faults.empty()) return {};
  for (Fault& fault : faults) {  // a rule's fault with a member of the path is the parameter's
    const bool of_path = fault.path.starts_with('/') &&
                         std::ranges::find(path_, std::string_view(fault.path).substr(1),
                                           [](const auto* member) { return member->json_name; }) != path_.end();
    if (of_path && source_ == Source::body && fault.code != codes::unknown_member) fault.path.erase(0, 1);
  }
  return std::unexpected(Error(ashlar::errors::invalid_input, "The input is not valid.", std::move(faults)));
}

bool is_json_media_type(std::string_view content_type) {
  if (content_type == "application/json") return true;  // as nearly everybody says it
  const std::size_t end = content_type.find(';');
  const std::string type = ascii_lower(trimmed(content_type.substr(0, end)));
  const bool json = type == "application/json" || (type.starts_with("application/") && type.ends_with("+json") &&
                                                   type.size() > 17 && type.find_first_of(" \t,/", 12) == type.npos);
  if (!json) return false;
  if (end == content_type.npos) return true;
  std::string parameter = ascii_lower(trimmed(content_type.substr(end + 1)));
  return parameter == "charset=utf-8" || parameter == "charset=\"utf-8\"";
}

}  // namespace ashlar::web
