// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/schema/type.hpp"
#include "ashlar/web/detail/known_headers.hpp"
#include "ashlar/web/forms.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Maps the members of an operation's input to the parts of a request, and reads them.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode malformed_path{ErrorKind::malformed, "request.malformed_path"};
inline constexpr ErrorCode malformed_query{ErrorKind::malformed, "request.malformed_query"};
inline constexpr ErrorCode body_not_expected{ErrorKind::malformed, "request.body_not_expected"};
inline constexpr ErrorCode unsupported_media_type{ErrorKind::unsupported_media, "request.unsupported_media_type"};
// RFC 9110 section 8.4: coded bodies are not accepted. The response says so in Accept-Encoding.
inline constexpr ErrorCode unsupported_content_coding{ErrorKind::unsupported_media,
                                                      "request.unsupported_content_coding"};
}  // namespace errors

// The binding of one route, made from its path and its input's type: path parameters by name; every other member from
// the query string (GET, HEAD, DELETE) or from the body (POST, PUT, PATCH), which is JSON, or a form if the route
// accepts forms. Immutable once made.
//
// Refusals. All faults of a request that could be parsed are reported together:
//   400  a malformed escape, text that is not UTF-8, malformed JSON or form data, an empty body where a member must
//        come from it, a body with GET, HEAD or DELETE
//   413  a body over the route's limit; a form with too many fields
//   415  a body that is not declared as JSON (application/json or application/...+json, with charset=utf-8 or without)
//        or as a form that the route accepts; a body with a Content-Encoding
//   422  a value that violates the schema; an unknown, repeated or missing parameter or member; a path member in the
//        body or the query; a query when the input comes from the body
// A body may be omitted if no required member comes from it. Unknown and empty parameters of a Content-Type are
// ignored. An urlencoded form without a body is a form without fields.
class InputBinding {
 public:
  enum class Source : unsigned char { query, body };
  enum class BodyFormat : unsigned char { none, json, urlencoded, multipart };

  InputBinding(http::Method method, std::string_view path, const schema::Type& input, Forms forms = Forms::no);
  InputBinding(const InputBinding&) = delete;  // the address of body() is stored
  InputBinding& operator=(const InputBinding&) = delete;

  [[nodiscard]] Source source() const { return source_; }
  [[nodiscard]] std::span<const schema::Member* const> path_members() const { return path_; }  // in path order
  [[nodiscard]] const schema::Type& input() const { return input_; }
  // The input without the path's members: the part from the body or the query.
  [[nodiscard]] const schema::Type& rest() const { return path_.empty() ? input_ : rest_; }
  [[nodiscard]] bool body_required() const { return required_; }
  [[nodiscard]] bool takes(BodyFormat format) const;
  [[nodiscard]] bool has_files() const { return has_files_; }
  // Why a member cannot be read from a path, query or form (for example an object in a query); empty when all can. For
  // the App, at start.
  [[nodiscard]] std::string validate() const;

  // Reads the members that come from the path.
  Result<> read_path(std::span<const std::string_view> values, void* input, std::vector<Fault>& faults) const;
  // Reads the query: the rest of the input, or, if the query brings nothing, reports each parameter as a fault.
  Result<> read_query(std::string_view query, void* input, std::vector<Fault>& faults) const;
  // The declared type of the body; an error when a body is not allowed or has a type that is not accepted.
  [[nodiscard]] Result<BodyFormat> body_format(const http::Request& request, const KnownHeaders& headers) const;
  Result<> read_body(std::string_view json, std::size_t depth_max, void* input, std::vector<Fault>& faults) const;
  Result<> read_form(std::string_view form, std::size_t fields_max, void* input, std::vector<Fault>& faults) const;
  // The body's members, for the multipart reader.
  [[nodiscard]] std::span<const schema::Member> body_members() const { return rest_members_; }
  // Runs the rules over several members if there are no faults; then returns all faults as one error.
  Result<> finish(const void* input, std::vector<Fault>& faults) const;

 private:
  const schema::Type& input_;
  Source source_;
  std::vector<const schema::Member*> path_;
  std::vector<schema::Member> rest_members_;
  schema::Type rest_;
  std::string rest_name_;
  Forms forms_;
  bool required_ = false;
  bool has_files_ = false;
};

// Whether it is that type; a charset, if present, must be utf-8.
[[nodiscard]] bool is_media_type(std::string_view content_type, std::string_view type);

// application/json or application/<...>+json; a charset, if present, must be utf-8 (RFC 8259 section 8.1).
[[nodiscard]] bool is_json_media_type(std::string_view content_type);

}  // namespace ashlar::web
