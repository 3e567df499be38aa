// SPDX-License-Identifier: Apache-2.0
#include "ashlar/config/environment.hpp"

#include "ashlar/config/detail/dot_env.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"

#include <boost/url/authority_view.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>

namespace ashlar::config {
namespace {

constexpr std::size_t dot_env_bytes_max = 1024 * 1024;
constexpr std::size_t shown_bytes_max = 80;

// A value for a fault message: printable, of bounded length, quoted.
std::string shown(std::string_view value) {
  std::string out = "\"";
  for (const char c : value.substr(0, shown_bytes_max)) out += c >= 0x20 && c < 0x7f ? c : '?';
  return out + (value.size() > shown_bytes_max ? "...\"" : "\"");
}

std::string joined(std::span<const std::string_view> words, std::string_view suffix = {}) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
    out += suffix;
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_integer<std::int64_t>(text.substr(0, digits));
  const auto unit = std::ranges::find(units, text.substr(digits), &Unit::name);
  if (!count || unit == units.end()) return std::nullopt;
  if (*count > std::numeric_limits<std::int64_t>::max() / unit->milliseconds) return std::nullopt;
  return std::chrono::milliseconds{*count * unit->milliseconds};
}

std::string to_text(std::chrono::milliseconds duration) {
  for (const Unit& unit : units) {
    if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) {
      return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.name);
    }
  }
  return "0ms";
}

// The parts of a URL that may be shown: no user, no password, no query (which can contain them). A password may contain
// any character, so everything before the last @ is hidden.
std::string without_secrets(std::string_view url) {
  std::string out(url);
  if (const std::size_t at = out.rfind('@'); at != std::string::npos) {
    const std::size_t slashes = out.find("//");
    const std::size_t colon = out.find(':');
    const std::size_t start = slashes < at ? slashes + 2 : colon < at ? colon + 1 : 0;
    out.replace(start, at - start, "***");
  }
  if (const std::size_t query = out.find_first_of("?#"); query != std::string::npos)
    out.replace(query + 1, out.npos, "***");
  return out;
}

// RFC 3986 section 3.2 without the user: a name or an address, optionally with a port after a colon. Both may be
// absent, as in postgresql:///db.
bool is_host_and_port(std::string_view text) {
  const auto parsed = boost::urls::parse_authority({text.data(), text.size()});
  if (!parsed || parsed->has_userinfo()) return false;
  if (!parsed->has_port()) return true;
  const auto port = parse_integer<std::int64_t>(std::string_view(parsed->port().data(), parsed->port().size()));
  return !parsed->host().empty() && port && *port >= 1 && *port <= 65535;
}

// What is wrong with what stands between // and the path, if anything. There may be several hosts, with commas between
// them, as PostgreSQL takes them. The driver judges the user and the password when it connects.
std::string_view authority_fault(std::string_view rest) {
  if (!rest.starts_with("//")) return {};
  std::string_view authority = rest.substr(2, rest.find_first_of("/?#", 2) - 2);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  for (std::size_t start = 0; start <= authority.size();) {
    const std::size_t comma = std::min(authority.find(',', start), authority.size());
    if (!is_host_and_port(authority.substr(start, comma - start)))
      return "a host and a port from 1 to 65535, as db.example:5432 or [::1]:5432";
    start = comma + 1;
  }
  return {};
}

std::optional<std::string> read_file(const std::string& path, std::string& failure) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  if (!error && std::filesystem::is_directory(status)) {
    failure = "is a folder, expected a file";
    return std::nullopt;
  }
  std::ifstream in(path, std::ios::binary);
  std::string text(dot_env_bytes_max + 1, '\0');
  if (!in) {
    failure = std::string("cannot be read: ") + std::strerror(errno);
    return std::nullopt;
  }
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > dot_env_bytes_max) {
    failure = "is longer than " + std::to_string(dot_env_bytes_max) + " bytes";
    return std::nullopt;
  }
  return text;
}

}  // namespace

Environment Environment::of_process(const std::string& dot_env_file) {
  Environment out({});
  std::string failure;
  if (const auto text = read_file(dot_env_file, failure)) {
    detail::DotEnv parsed = detail::parse_dot_env(*text);
    out.variables_ = std::move(parsed.variables);
    for (auto& f : parsed.faults) out.fault(dot_env_file + " line " + std::to_string(f.line), std::move(f.message));
  } else if (!failure.empty()) {
    out.fault(dot_env_file, std::move(failure));
  }
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view pair = *entry;
    const std::size_t equals = pair.find('=', 1);
    if (equals == std::string_view::npos) continue;
    out.variables_.insert_or_assign(std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1)));
  }
  return out;
}

std::vector<std::string> Environment::names(std::string_view prefix, std::string_view suffix) const {
  std::vector<std::string> out;
  for (const auto& [name, value] : variables_) {
    const bool fits =
        name.size() >= prefix.size() + suffix.size() && name.starts_with(prefix) && name.ends_with(suffix);
    if (fits && !value.empty()) out.push_back(name);
  }
  return out;
}

std::optional<std::string> Environment::raw(std::string_view name) const {
  const auto at = variables_.find(std::string(name));
  if (at == variables_.end() || at->second.empty()) return std::nullopt;
  return at->second;
}

std::string Environment::text(std::string_view name, std::string fallback, std::size_t bytes_max) {
  auto value = raw(name);
  if (!value) return fallback;
  if (value->size() > bytes_max) {
    fault(std::string(name),
          "expected at most " + std::to_string(bytes_max) + " bytes, found " + std::to_string(value->size()));
    return fallback;
  }
  if (!is_utf8(*value)) {
    fault(std::string(name), "expected UTF-8, found " + shown(*value));
    return fallback;
  }
  return std::move(*value);
}

std::optional<std::string> Environment::secret(std::string_view name, SecretRule rule) {
  const std::string expected =
      "a secret of at least " + std::to_string(rule.bytes_min) + (rule.bytes_min == 1 ? " byte" : " bytes");
  auto value = raw(name);
  if (!value) {
    if (rule.need == Need::required) fault(std::string(name), "expected " + expected + ", found nothing");
    return std::nullopt;
  }
  if (value->size() < rule.bytes_min) {
    fault(std::string(name), "expected " + expected + ", found a shorter one");
    return std::nullopt;
  }
  return value;
}

std::int64_t Environment::integer(std::string_view name, std::int64_t fallback, std::int64_t min, std::int64_t max) {
  const auto value = raw(name);
  if (!value) return fallback;
  const auto number = parse_integer<std::int64_t>(*value);
  if (number && *number >= min && *number <= max) return *number;
  fault(std::string(name), "expected a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
                               ", found " + shown(*value));
  return fallback;
}

std::uint16_t Environment::port(std::string_view name, std::uint16_t fallback) {
  return static_cast<std::uint16_t>(integer(name, fallback, 0, 65535));
}

std::chrono::milliseconds Environment::duration(std::string_view name, std::chrono::milliseconds fallback,
                                                std::chrono::milliseconds min, std::chrono::milliseconds max) {
  const auto value = raw(name);
  if (!value) return fallback;
  const auto duration = parse_duration(*value);
  if (duration && *duration >= min && *duration <= max) return *duration;
  fault(std::string(name), "expected a duration from " + to_text(min) + " to " + to_text(max) +
                               ", a whole number followed by ms, s, m, h or d, found " + shown(*value));
  return fallback;
}

std::string Environment::one_of(std::string_view name, std::string fallback,
                                std::span<const std::string_view> allowed) {
  auto value = raw(name);
  if (!value) return fallback;
  if (std::ranges::find(allowed, *value) != allowed.end()) return std::move(*value);
  fault(std::string(name), "expected " + joined(allowed) + ", found " + shown(*value));
  return fallback;
}

std::vector<std::string> Environment::list(std::string_view name) {
  std::vector<std::string> out;
  const std::string value = raw(name).value_or("");
  for (std::size_t start = 0; start <= value.size();) {
    const std::size_t comma = std::min(value.find(',', start), value.size());
    const std::string_view item = trimmed(std::string_view(value).substr(start, comma - start));
    if (!item.empty()) out.emplace_back(item);
    start = comma + 1;
  }
  return out;
}

std::string Environment::url(std::string_view name, std::string fallback, std::span<const std::string_view> schemes) {
  auto value = raw(name);
  if (!value) return fallback;
  const auto wrong = [&](std::string_view expected, std::string_view found) {
    fault(std::string(name), "expected " + std::string(expected) + ", found " + shown(found));
    return fallback;
  };
  const std::size_t colon = value->find(':');
  const std::string scheme = value->substr(0, colon);
  const auto is_known = [&](std::string_view known) { return ascii_iequals(known, scheme); };
  if (colon == std::string::npos || std::ranges::none_of(schemes, is_known)) {
    return wrong("a URL that begins with " + joined(schemes, ":"), without_secrets(*value));
  }
  if (colon + 1 == value->size()) return wrong("text after " + scheme + ":", *value);
  if (std::ranges::any_of(*value, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; })) {
    return wrong("a URL without blanks and control characters", without_secrets(*value));
  }
  // A password may be in place of a port, so none of it is shown.
  const std::string_view expected = authority_fault(std::string_view(*value).substr(colon + 1));
  if (!expected.empty()) return wrong(expected, scheme + "://***");
  return std::move(*value);
}

std::string Environment::report() const {
  std::string out;
  for (const ConfigFault& f : faults_) out += f.variable + ": " + f.message + "\n";
  return out;
}

}  // namespace ashlar::config
