// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/input_binding.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/field_syntax.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/web/detail/field_binder.hpp"
#include "ashlar/web/detail/magic_numbers.hpp"
#include "ashlar/web/detail/parameters.hpp"
#include "ashlar/web/detail/percent_encoding.hpp"

#include <algorithm>
#include <iterator>

namespace ashlar::web {

namespace {

using schema::Kind;
namespace codes = schema::codes;

using detail::FieldBinder;
using detail::held_type;
constexpr std::string_view urlencoded_type = "application/x-www-form-urlencoded";
constexpr std::string_view multipart_type = "multipart/form-data";

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

std::unexpected<Error> malformed_query() {
  return fail(errors::malformed_query, "The query contains a malformed escape, or text that is not UTF-8.");
}

// Whether the parameters declare UTF-8: a charset, if present, must. Unknown parameters are ignored (RFC 2045 section
// 5.2).
bool is_utf8_or_silent(std::string_view content_type) {
  detail::Parameters parameters = detail::Parameters::of(content_type);
  for (auto found = parameters.next(); found != detail::Parameters::Found::end; found = parameters.next()) {
    if (found == detail::Parameters::Found::malformed) return false;
    if (parameters.name() == "charset" && !ascii_iequals(parameters.value(), "utf-8")) return false;
  }
  return true;
}

bool is_coded(const KnownHeaders& headers) {
  if (headers.content_encodings == 0) return false;
  return headers.content_encodings > 1 ||
         (!headers.content_encoding.empty() && !ascii_iequals(headers.content_encoding, "identity"));
}

}  // namespace

InputBinding::InputBinding(http::Method method, std::string_view path, const schema::Type& input, Forms forms)
    : input_(input), source_(takes_body(method) ? Source::body : Source::query), rest_(input), forms_(forms) {
  for (std::size_t at = path.find('{'); at != path.npos; at = path.find('{', at + 1)) {
    const std::string_view name = path.substr(at + 1, path.find('}', at) - at - 1);
    const auto member = std::ranges::find(input.members, name, &schema::Member::json_name);
    if (member != input.members.end()) path_.push_back(&*member);
  }
  std::ranges::copy_if(input.members, std::back_inserter(rest_members_),
                       [&](const schema::Member& member) { return std::ranges::find(path_, &member) == path_.end(); });
  required_ = std::ranges::any_of(rest_members_, &schema::Member::required);
  has_files_ = std::ranges::any_of(input.members, [](const auto& member) { return detail::is_file(member.type()); });
  rest_name_ = std::string(input.name) + "Body";
  rest_.name = rest_name_;
  rest_.members = rest_members_;
  rest_.access.refine = nullptr;  // finish() runs it over the whole input
  rest_.append_example = nullptr;
}

std::string InputBinding::validate() const {
  const auto name_of = [](const schema::Member& member) { return '"' + std::string(member.json_name) + '"'; };
  for (const auto* member : path_) {
    const Kind kind = member->type().kind;
    if (!is_text_readable(held_type(member->type())) || kind == Kind::array || kind == Kind::optional)
      return "its member " + name_of(*member) + " comes from the path, so it must be text, a number or the like";
  }
  if (has_files_ && source_ == Source::query) return "its input has a file, which only a body can contain";
  if (forms_ == Forms::yes && source_ == Source::query) return "it accepts forms, but has no body";
  const bool in_form = has_files_ || forms_ == Forms::yes;
  if (source_ == Source::body && !in_form) return {};
  const std::string place = in_form ? "a form" : "the query";
  if (rest_members_.size() > FieldBinder::members_max) return "its input has more than 64 members for " + place;
  for (const auto& member : rest_members_) {
    const schema::Type& held = held_type(member.type());
    if (!is_text_readable(held) || (held.kind == Kind::array && !is_text_readable(held_type(held.element()))))
      return "its member " + name_of(member) + " comes from " + place + ", which cannot express an object";
  }
  return {};
}

bool InputBinding::takes(BodyFormat format) const {
  if (source_ == Source::query) return format == BodyFormat::none;
  switch (format) {
    case BodyFormat::none:
      return true;
    case BodyFormat::json:
      return !has_files_;
    case BodyFormat::urlencoded:
      return forms_ == Forms::yes && !has_files_;
    case BodyFormat::multipart:
      return forms_ == Forms::yes || has_files_;
  }
  return false;
}

Result<> InputBinding::read_path(std::span<const std::string_view> values, void* input,
                                 std::vector<Fault>& faults) const {
  std::string buffer;
  for (std::size_t i = 0; i < path_.size(); ++i) {
    const schema::Member& member = *path_[i];
    const auto value = percent_decode(values[i], PlusSign::plus, buffer);
    if (!value) return fail(errors::malformed_path, "The path contains a malformed escape, or text that is not UTF-8.");
    check(schema::read_text(*value, member.type(), member.locate(input)), member.json_name, faults);
  }
  return {};
}

Result<> InputBinding::read_query(std::string_view query, void* input, std::vector<Fault>& faults) const {
  const std::span<const schema::Member> members =
      source_ == Source::query ? std::span<const schema::Member>(rest_members_) : std::span<const schema::Member>{};
  FieldBinder fields(members, FieldBinder::Paths::names, input, faults);
  std::string name_buffer, value_buffer;
  for (QueryPieces pieces(query); pieces.next();) {
    const auto name = percent_decode(pieces.name(), PlusSign::space, name_buffer);
    const auto value = percent_decode(pieces.value(), PlusSign::space, value_buffer);
    if (!name || !value) return malformed_query();
    fields.set_text(*name, *value);
  }
  fields.finish();
  return {};
}

Result<> InputBinding::read_form(std::string_view form, std::size_t fields_max, void* input,
                                 std::vector<Fault>& faults) const {
  FieldBinder fields(rest_members_, FieldBinder::Paths::pointers, input, faults);
  std::string name_buffer, value_buffer;
  std::size_t count = 0;
  for (QueryPieces pieces(form); pieces.next();) {
    if (++count > fields_max)
      return fail(errors::too_many_fields, "A form has at most " + std::to_string(fields_max) + " fields here.");
    const auto name = percent_decode(pieces.name(), PlusSign::space, name_buffer);
    const auto value = percent_decode(pieces.value(), PlusSign::space, value_buffer);
    if (!name || !value)
      return fail(errors::malformed_form, "The form contains a malformed escape, or text that is not UTF-8.");
    fields.set_text(*name, *value);
  }
  fields.finish();
  return {};
}

Result<InputBinding::BodyFormat> InputBinding::body_format(const http::Request& request,
                                                           const KnownHeaders& headers) const {
  if (!request.body->present()) {
    // An empty form: every required field is missing, as in other forms.
    const bool form = takes(BodyFormat::urlencoded) && is_media_type(headers.content_type, urlencoded_type);
    return form ? BodyFormat::urlencoded : BodyFormat::none;
  }
  if (source_ == Source::query)
    return fail(errors::body_not_expected, std::string(http::to_string(request.method)) + " accepts no body here.");
  if (is_coded(headers))
    return fail(errors::unsupported_content_coding, "The body has a Content-Encoding; send it without one.");
  if (headers.content_types == 1) {
    if (takes(BodyFormat::json) && is_json_media_type(headers.content_type)) return BodyFormat::json;
    if (takes(BodyFormat::urlencoded) && is_media_type(headers.content_type, urlencoded_type))
      return BodyFormat::urlencoded;
    if (takes(BodyFormat::multipart) && detail::essence_of(headers.content_type) == multipart_type)
      return BodyFormat::multipart;
  }
  if (has_files_) return fail(errors::unsupported_media_type, "The body must be a form: multipart/form-data.");
  if (forms_ == Forms::yes)
    return fail(errors::unsupported_media_type,
                "The body must be JSON or a form: application/json, application/x-www-form-urlencoded or "
                "multipart/form-data.");
  return fail(errors::unsupported_media_type, "The body must be JSON, with Content-Type: application/json.");
}

Result<> InputBinding::read_body(std::string_view json, std::size_t depth_max, void* input,
                                 std::vector<Fault>& faults) const {
  if (json.empty()) {
    if (!required_) return {};
    return fail(ashlar::errors::malformed_json, "A JSON body is required.");
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
  for (Fault& fault : faults) {  // a rule's fault with a path member concerns the parameter
    const bool of_path = fault.path.starts_with('/') &&
                         std::ranges::find(path_, std::string_view(fault.path).substr(1),
                                           [](const auto* member) { return member->json_name; }) != path_.end();
    if (of_path && source_ == Source::body && fault.code != codes::unknown_member) fault.path.erase(0, 1);
  }
  return std::unexpected(Error(ashlar::errors::invalid_input, "The input is not valid.", std::move(faults)));
}

bool is_json_media_type(std::string_view content_type) {
  if (content_type == "application/json") return true;  // the usual spelling
  const std::size_t end = content_type.find(';');
  const std::string type = ascii_lower(http::trimmed(content_type.substr(0, end)));
  const bool json = type == "application/json" || (type.starts_with("application/") && type.ends_with("+json") &&
                                                   type.size() > 17 && type.find_first_of(" \t,/", 12) == type.npos);
  if (!json) return false;
  return is_utf8_or_silent(content_type);
}

bool is_media_type(std::string_view content_type, std::string_view type) {
  if (content_type == type) return true;
  const std::size_t end = content_type.find(';');
  return ascii_iequals(http::trimmed(content_type.substr(0, end)), type) && is_utf8_or_silent(content_type);
}

}  // namespace ashlar::web
