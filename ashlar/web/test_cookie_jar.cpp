// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/test_cookie_jar.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <charconv>

namespace ashlar::web {

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// RFC 6265 section 5.1.4.
bool path_matches(std::string_view path, std::string_view cookie_path) {
  if (!path.starts_with(cookie_path)) return false;
  return path.size() == cookie_path.size() || cookie_path.ends_with('/') || path[cookie_path.size()] == '/';
}

}  // namespace

void TestCookieJar::take(std::string_view set_cookie, http::Scheme scheme) {
  const auto next = [&set_cookie] {
    const std::size_t end = set_cookie.find(';');
    const std::string_view piece = trimmed(set_cookie.substr(0, end));
    set_cookie = end == set_cookie.npos ? std::string_view{} : set_cookie.substr(end + 1);
    const std::size_t equals = std::min(piece.find('='), piece.size());
    return std::pair(piece.substr(0, equals), piece.substr(std::min(equals + 1, piece.size())));
  };
  const auto [name, value] = next();
  Kept kept{.name = std::string(name), .value = std::string(value), .ends_at = {}};
  while (!set_cookie.empty()) {
    const auto [attribute, text] = next();
    if (ascii_iequals(attribute, "path")) kept.path = text;
    if (ascii_iequals(attribute, "secure")) kept.secure = true;
    if (ascii_iequals(attribute, "max-age")) {
      std::int64_t seconds = 0;
      std::from_chars(text.data(), text.data() + text.size(), seconds);
      kept.ends_at = clock_.now() + std::chrono::seconds{seconds};
    }
  }
  std::erase_if(cookies_, [&](const Kept& other) { return other.name == kept.name && other.path == kept.path; });
  if (kept.secure && scheme == http::Scheme::http) return;
  if (lives(kept)) cookies_.push_back(std::move(kept));
}

std::string TestCookieJar::field_for(std::string_view path, http::Scheme scheme) const {
  std::vector<const Kept*> sent;
  for (const Kept& cookie : cookies_) {
    if (lives(cookie) && path_matches(path, cookie.path) && (!cookie.secure || scheme == http::Scheme::https))
      sent.push_back(&cookie);
  }
  std::ranges::sort(sent, [](const Kept* a, const Kept* b) {
    return a->path.size() != b->path.size() ? a->path.size() > b->path.size() : a->name < b->name;
  });
  std::string out;
  for (const Kept* cookie : sent)
    out.append(out.empty() ? "" : "; ").append(cookie->name).append("=").append(cookie->value);
  return out;
}

std::optional<std::string> TestCookieJar::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(cookies_, [&](const Kept& cookie) { return cookie.name == name && lives(cookie); });
  return found == cookies_.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace ashlar::web
