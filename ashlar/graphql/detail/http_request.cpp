// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/http_request.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/schema/json_object.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/params_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <map>
#include <optional>

namespace ashlar::graphql::detail {

namespace {

struct PostedRequest {
  std::string query;
  std::optional<Nullable<std::string>> operation_name{};
  std::optional<Nullable<JsonObject>> variables{};
  std::optional<Nullable<JsonObject>> extensions{};
  static constexpr auto unknown_members = schema::UnknownMembers::ignored;
};
ASHLAR_DESCRIBE(PostedRequest, query, operation_name, variables, extensions)

}  // namespace

std::expected<ServerRequest, std::string> read_body(std::string_view body) {
  auto posted = schema::read_json<PostedRequest>(body);
  if (!posted) {
    std::string why = posted.error().message();
    for (const Fault& fault : posted.error().faults()) why += " " + fault.path + " " + fault.message + ".";
    return std::unexpected(std::move(why));
  }
  ServerRequest out{.query = std::move(posted->query)};
  if (posted->operation_name && *posted->operation_name) out.operation_name = **posted->operation_name;
  if (posted->variables && *posted->variables) out.variables = (*posted->variables)->text();
  return out;
}

std::expected<ServerRequest, std::string> read_query(std::string_view query) {
  // Not parse_query(): that of Boost 1.81 reads on behind the view, up to a NUL.
  const std::string target = "/?" + std::string(query);
  const auto parsed = boost::urls::parse_origin_form(target);
  if (!parsed) return std::unexpected("The query string cannot be read.");
  boost::urls::encoding_opts form;
  form.space_as_plus = true;
  std::map<std::string, std::string, std::less<>> parameters;
  for (const auto& pair : parsed->params(form)) {
    if (!is_utf8(pair.key) || !is_utf8(pair.value)) return std::unexpected("The query string is not UTF-8.");
    if (!parameters.emplace(pair.key, pair.value).second) return std::unexpected("A parameter is given twice.");
  }
  const auto found = parameters.find("query");
  if (found == parameters.end()) return std::unexpected("The parameter query is required.");
  ServerRequest out{.query = found->second};
  if (const auto name = parameters.find("operationName"); name != parameters.end()) out.operation_name = name->second;
  for (const char* name : {"variables", "extensions"}) {
    const auto text = parameters.find(name);
    if (text == parameters.end() || text->second.empty() || text->second == "null") continue;
    const auto object = schema::read_json<JsonObject>(text->second);
    if (!object) return std::unexpected("The parameter " + text->first + " is no JSON object.");
    if (text->first == "variables") out.variables = object->text();
  }
  return out;
}

}  // namespace ashlar::graphql::detail
