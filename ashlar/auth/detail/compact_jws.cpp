// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/compact_jws.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace ashlar::auth::detail {
namespace {

constexpr std::size_t header_members_max = 16;
constexpr std::size_t header_depth_max = 8;

struct Header {
  std::string algorithm;
  std::string type;
  std::string key_id;
};

// Whether the member is a string that is not empty, which `out` then holds.
bool read_text(const simdjson::dom::element& value, std::string& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS || text.empty()) return false;
  out = text;
  return true;
}

bool read_member(std::string_view name, const simdjson::dom::element& value, Header& out) {
  if (name == "alg") return read_text(value, out.algorithm);
  if (name == "typ") return read_text(value, out.type);
  if (name == "kid") return read_text(value, out.key_id);
  return name != "crit";
}

std::optional<Header> read_header(const std::string& json) {
  if (json.size() > jws_header_bytes_max) return std::nullopt;
  thread_local simdjson::dom::parser parser{jws_header_bytes_max};
  if (parser.capacity() < jws_header_bytes_max &&
      parser.allocate(jws_header_bytes_max, header_depth_max) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  simdjson::dom::object object;
  if (parser.parse(json).get(object) != simdjson::SUCCESS) return std::nullopt;
  std::array<std::string_view, header_members_max> names;
  std::size_t count = 0;
  Header out;
  for (const auto& [name, value] : object) {
    if (count == names.size() || std::find(names.begin(), names.begin() + count, name) != names.begin() + count) {
      return std::nullopt;
    }
    names[count++] = name;
    if (!read_member(name, value, out)) return std::nullopt;
  }
  if (out.algorithm.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<CompactJws> parse_compact_jws(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (first > (jws_header_bytes_max * 4 + 2) / 3) return std::nullopt;
  auto json = from_base64url(token.substr(0, first));
  auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  auto signature = from_base64url(token.substr(second + 1));
  if (!json || !payload || !signature || signature->empty()) return std::nullopt;
  auto header = read_header(*json);
  if (!header) return std::nullopt;
  return CompactJws{.algorithm = std::move(header->algorithm),
                    .type = std::move(header->type),
                    .key_id = std::move(header->key_id),
                    .payload = std::move(*payload),
                    .signature = std::move(*signature),
                    .signed_text = token.substr(0, second)};
}

std::string encode_jws_header(std::string_view algorithm, std::string_view type, std::string_view key_id) {
  std::string json = R"({"alg":)";
  schema::write_json_string(algorithm, json);
  json += R"(,"typ":)";
  schema::write_json_string(type, json);
  if (!key_id.empty()) {
    json += R"(,"kid":)";
    schema::write_json_string(key_id, json);
  }
  json += '}';
  return to_base64url(std::as_bytes(std::span(json)));
}

}  // namespace ashlar::auth::detail
