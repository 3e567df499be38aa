// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/oauth_query.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/fault_codes.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/params_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <map>
#include <vector>

namespace ashlar::backend {

namespace {

namespace codes = schema::codes;

constexpr std::size_t query_bytes_max = 8'192;
constexpr std::size_t parameters_max = 32;

std::unexpected<Error> invalid(std::string name, std::string_view code, std::string message) {
  return std::unexpected(invalid_input(std::move(name), code, std::move(message)));
}

// The parameters by name, each once.
Result<std::map<std::string, std::string>> read(std::string_view query) {
  // Not parse_query(): that of Boost 1.81 reads on behind the view, up to a NUL.
  const std::string target = "/?" + std::string(query.substr(0, query_bytes_max + 1));
  const auto parsed = boost::urls::parse_origin_form(target);
  boost::urls::encoding_opts form;
  form.space_as_plus = true;
  if (!parsed || query.size() > query_bytes_max || parsed->params().size() > parameters_max)
    return invalid("", codes::text, "The query cannot be read.");
  std::map<std::string, std::string> out;
  for (const auto& pair : parsed->params(form)) {
    if (!is_utf8(pair.key) || !is_utf8(pair.value) || pair.value.find('\0') != pair.value.npos)
      return invalid("", codes::text, "The query cannot be read.");
    if (pair.key.empty() && pair.value.empty()) continue;
    if (!out.emplace(pair.key, pair.value).second) return invalid(pair.key, codes::duplicate_member, "is there twice");
  }
  return out;
}

Result<bool> read_flag(const std::map<std::string, std::string>& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  if (found == parameters.end() || found->second == "false") return false;
  if (found->second == "true") return true;
  return invalid(name, codes::type, "expected true or false");
}

}  // namespace

Result<StartQuery> read_start_query(std::string_view query) {
  const auto parameters = read(query);
  if (!parameters) return std::unexpected(parameters.error());
  for (const auto& [name, value] : *parameters) {
    if (name != "returnTo" && name != "link" && name != "fresh")
      return invalid(name, codes::unknown_member, "is not known");
  }
  const auto link = read_flag(*parameters, "link");
  if (!link) return std::unexpected(link.error());
  const auto fresh = read_flag(*parameters, "fresh");
  if (!fresh) return std::unexpected(fresh.error());
  StartQuery out{.return_to = {},
                 .link = *link ? StartQuery::Link::yes : StartQuery::Link::no,
                 .fresh = *fresh ? StartQuery::Fresh::yes : StartQuery::Fresh::no};
  if (const auto page = parameters->find("returnTo"); page != parameters->end()) out.return_to = page->second;
  return out;
}

Result<oidc::Callback> read_callback(std::string_view query) {
  auto parameters = read(query);
  if (!parameters) return std::unexpected(std::move(parameters.error()));
  return oidc::Callback{.state = std::move((*parameters)["state"]),
                        .code = std::move((*parameters)["code"]),
                        .error = std::move((*parameters)["error"]),
                        .issuer = std::move((*parameters)["iss"])};
}

}  // namespace ashlar::backend
