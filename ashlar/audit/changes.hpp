// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/core/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::audit {

// Values of more bytes than this, as JSON, are recorded as {"bytes": ..., "sha256": ...}: a hash still proves a text.
inline constexpr std::size_t value_bytes_max = 1'024;

// Appends the value as canonical JSON (RFC 8785): members sorted by name, no white space. A number that is no integer
// is a string, since its digits depend on the writer. Members that are secrets are left out.
void append_canonical_json(const schema::Type& type, const void* value, std::string& out);

template <class T>
std::string canonical_json(const T& value) {
  std::string out;
  append_canonical_json(schema::type_of<T>(), &value, out);
  return out;
}

// The fields that a write changed: {"field": {"after": ..., "before": ...}, ...}, as canonical JSON. A value is null
// where the row did not exist, and "[redacted]" of a secret.
struct Changes {
  std::string plain = "{}";
  std::string personal = "{}";  // of the subject: kept apart, so that it can be erased
};

// What changed between two states of a row, of which one may be null: it was created or removed.
[[nodiscard]] Changes changes_between(const RowRules& rules, const void* before, const void* after);

// Fields that are no row's members, in any order: of an action that is no change of a row.
class ChangedFields {
 public:
  // `json`: one value as canonical JSON; "null" where there is none.
  ChangedFields& add(std::string_view field, std::string before_json, std::string after_json);
  ChangedFields& add_after(std::string_view field, std::string_view text);
  [[nodiscard]] std::string to_json() const;

 private:
  struct Field {
    std::string name, before, after;
  };
  std::vector<Field> fields_;
};

// The text of a member that is text, an integer or an id; empty for null.
[[nodiscard]] std::string text_of(const schema::Member& member, const void* row);
// The id in a member that is a Uuid, an optional or a Nullable of one.
[[nodiscard]] std::optional<Uuid> id_of(const schema::Member& member, const void* row);

}  // namespace ashlar::audit
