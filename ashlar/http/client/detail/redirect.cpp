// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/redirect.hpp"

#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/detail/characters.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::http::detail {
namespace {

constexpr std::array<std::string_view, 5> fields_for_other_origins = {"Accept", "Accept-Language", "Content-Type",
                                                                      "Content-Language", "User-Agent"};
constexpr std::array<std::string_view, 2> fields_of_a_body = {"Content-Type", "Content-Language"};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::any_of(names, [name](std::string_view each) { return equal_without_case(each, name); });
}

// A field that is not known to be harmless may be a credential.
void drop_credentials(ClientFields& fields) {
  std::vector<std::string> names;
  for (const OwnedField& field : fields.all()) {
    if (!is_among(fields_for_other_origins, field.name)) names.push_back(field.name);
  }
  for (const std::string& name : names) fields.remove(name);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::unexpected<Error> refused(std::string message) {
  return fail(client_errors::redirect_refused, std::move(message));
}

}  // namespace

Result<std::optional<RequestUrl>> follow(ClientRequest& request, const RequestUrl& url,
                                         const ClientResponse& response) {
  if (!is_redirect(response.status)) return std::nullopt;
  if (response.fields.count("Location") != 1) return refused("The redirect has no Location, or several.");
  auto next = url.resolve(response.fields.get("Location"));
  if (!next) return refused("The redirect's Location is no URL that can be followed.");
  if (url.origin().scheme == Scheme::https && next->origin().scheme == Scheme::http)
    return refused("The redirect leads from https to http.");
  const bool becomes_get = (response.status == 303 && request.method != Method::head) ||
                           (response.status <= 302 && request.method == Method::post);
  if (becomes_get) {
    request.method = Method::get;
    request.body.clear();
    for (const std::string_view name : fields_of_a_body) request.fields.remove(name);
  }
  if (next->origin() != url.origin()) {
    if (!request.body.empty()) return refused("The redirect would take the body to another origin.");
    drop_credentials(request.fields);
  }
  return std::move(*next);
}

}  // namespace ashlar::http::detail
