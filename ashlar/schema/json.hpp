// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/schema/describe.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Reads JSON (RFC 8259) into described values and writes them. There is no DOM: reading and writing work on the value
// directly.
//
// Reading is strict. It refuses the whole text (malformed) for: invalid JSON, ill-formed UTF-8, lone surrogates, a byte
// order mark, NaN and infinities, bytes after the value, an empty text, and depth over `depth_max`. It collects faults
// of members (invalid), each with its JSON Pointer: a wrong type, a broken constraint, a missing, duplicate or unknown
// member, null where it is not allowed. fault_codes.hpp lists the codes. A number outside 64 bits or the range of a
// double is well-formed, but a fault of its member. Integers have no fraction or exponent: 1.0 and 1e0 are faults.
namespace ashlar::schema {

struct ReadOptions {
  std::size_t depth_max = 32;            // nested arrays and objects; an empty one does not count
  std::size_t array_items_max = 10'000;  // of arrays that state no limit of their own
  std::size_t faults_max = 100;          // collected before reading stops
  // What to do with unknown members: refuse them, or ignore them (for documents of other parties, such as a token's
  // claims).
  enum class Unknown : std::uint8_t { refuse, ignore } unknown = Unknown::refuse;
};

// Reads into `value`, a default-constructed (or value-initialised) object of the type: an absent member with a default
// keeps that default. After an error the value is valid but unspecified. Errors: request.malformed_json, with the byte
// offset where it is known, or request.invalid with its faults. Safe from any thread; each thread keeps a parser, so
// that small texts need no allocation.
Result<> read_json(std::string_view json, const Type& type, void* value, const ReadOptions& options = {});

template <class T>
Result<T> read_json(std::string_view json, const ReadOptions& options = {}) {
  T value{};
  if (auto read = read_json(json, type_of<T>(), &value, options); !read)
    return std::unexpected(std::move(read.error()));
  return value;
}

// Appends the value as JSON to `out`. Absent optionals are omitted, absent nullables are null. In strings only what RFC
// 8259 section 7 requires is escaped. Doubles have the shortest form that reads back the same; NaN and infinities,
// which JSON lacks, become null. Members that are passwords are omitted.
void write_json(const Type& type, const void* value, std::string& out);

template <class T>
void write_json(const T& value, std::string& out) {
  write_json(type_of<T>(), &value, out);
}
template <class T>
std::string to_json(const T& value) {
  std::string out;
  write_json(value, out);
  return out;
}

// Appends a string with its quotes and escapes.
void write_json_string(std::string_view text, std::string& out);

// Reads text from a path or a query into a scalar, strictly: "12abc" is a fault, not 12. Integers are decimal digits
// with an optional minus sign and no leading zeros; numbers may have decimals; neither has an exponent; amounts may
// omit decimals (10, 10.5); booleans are `true` and `false`. An optional receives a value; a nullable cannot become
// null here. Each call appends one item to an array, and is refused past the array's limit. Returns the violation, if
// any.
Check read_text(std::string_view text, const Type& type, void* value, const ReadOptions& options = {});

// Whether an array that was filled by read_text has enough items. Other types always pass.
Check check_items(const Type& type, const void* value);

// Runs the type's rule over several members and appends its faults, with `pointer_prefix` before the JSON name: "/"
// for a body as a whole, "/items/0/" inside it, "" for parameters.
void refine(const Type& type, const void* object, std::string_view pointer_prefix, std::vector<Fault>& faults);

}  // namespace ashlar::schema
