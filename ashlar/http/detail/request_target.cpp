// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/request_target.hpp"

#include "ashlar/http/detail/characters.hpp"

namespace ashlar::http::detail {
namespace {

bool has_only_target_bytes(std::string_view target) {
  for (char c : target) {
    if (c <= 0x20 || c == 0x7F || c == '#') return false;  // above 0x7F is negative
  }
  return !target.empty();
}

void split_query(std::string_view text, RequestTarget& out) {
  const std::size_t mark = text.find('?');
  out.path = text.substr(0, mark);
  if (mark != std::string_view::npos) out.query = text.substr(mark + 1);
}

std::string_view without_default_port(std::string_view authority, Scheme scheme) {
  const std::string_view port = scheme == Scheme::https ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  if (authority.ends_with(':')) authority.remove_suffix(1);
  return authority;
}

}  // namespace

std::optional<RequestTarget> parse_target(Method method, std::string_view target) {
  if (!has_only_target_bytes(target)) return std::nullopt;
  RequestTarget out;
  if (target.front() == '/') {
    split_query(target, out);
    return out;
  }
  if (target == "*") {
    if (method != Method::options) return std::nullopt;
    out.path = target;
    return out;
  }
  const std::size_t mark = target.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, mark);
  if (equal_without_case(scheme, "https")) {
    out.scheme = Scheme::https;
  } else if (!equal_without_case(scheme, "http")) {
    return std::nullopt;
  }
  const std::string_view rest = target.substr(mark + 3);
  const std::size_t end = rest.find_first_of("/?");
  out.authority = rest.substr(0, end);
  if (!is_host_and_port(out.authority)) return std::nullopt;
  if (end != std::string_view::npos) split_query(rest.substr(end), out);
  if (out.path.empty()) out.path = method == Method::options && end == std::string_view::npos ? "*" : "/";
  return out;
}

bool same_authority(std::string_view a, std::string_view b, Scheme scheme) {
  return equal_without_case(without_default_port(a, scheme), without_default_port(b, scheme));
}

}  // namespace ashlar::http::detail
