// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/schema/describe.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// JSON (RFC 8259) into described values and back. There is no DOM: reading goes straight into the value, writing
// straight into the output.
//
// Reading is strict. As a whole it refuses (malformed): anything that is not JSON, ill-formed UTF-8, lone surrogates,
// a byte order mark, NaN and infinities, bytes after the value, an empty text, and depth over `depth_max`.
// Member by member it refuses (invalid), collecting every fault with its JSON Pointer: a wrong type, a broken
// constraint, a missing or duplicate or unknown member, null where it is not allowed. fault_codes.hpp lists the codes.
// A number past 64 bits or past a double is well-formed, and a fault of its member. An integer is written as one: 1.0
// and 1e0 are not.
namespace ashlar::schema {

struct ReadOptions {
  std::size_t depth_max = 32;            // nested arrays and objects; an empty one does not count
  std::size_t array_items_max = 10'000;  // of arrays that state no limit of their own
  std::size_t faults_max = 100;          // collected before reading gives up
  // Members that the type does not know: refused, or left out of the value (for documents of others, as a token's
  // claims).
  enum class Unknown : std::uint8_t { refuse, ignore } unknown = Unknown::refuse;
};

// Reads into `value`, an object of the type as its default constructor made it (value-initialised, if it has none): an
// absent member with a default is left alone. On an error the value is valid but unspecified. Errors:
// request.malformed_json with the byte offset where it is known, or request.invalid with its faults.
// Safe from any thread; a parser is kept for each thread, so that nothing is allocated for small texts.
Result<> read_json(std::string_view json, const Type& type, void* value, const ReadOptions& options = {});

template <class T>
Result<T> read_json(std::string_view json, const ReadOptions& options = {}) {
  T value{};
  if (auto read = read_json(json, type_of<T>(), &value, options); !read)
    return std::unexpected(std::move(read.error()));
  return value;
}

// Appends the value as JSON to `out`. Absent optionals are left out, absent nullables are null. Strings are written as
// they are but for what RFC 8259 section 7 wants escaped; doubles in the shortest form that reads back the same; a
// NaN or an infinity, which JSON cannot say, as null. Members that are passwords are left out.
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
// with an optional minus sign and no leading zeros, numbers may have decimals, neither has an exponent; amounts may
// leave out decimals (10, 10.5); booleans are `true` and `false`. An optional is made; a nullable cannot be null here.
// Arrays take one more item for each call, and refuse those past their limit. Returns what is wrong, if anything.
Check read_text(std::string_view text, const Type& type, void* value, const ReadOptions& options = {});

// Whether an array that took its items by read_text has enough of them. Other types are always fine.
Check check_items(const Type& type, const void* value);

// Runs the type's rule over several members and appends its faults, with `pointer_prefix` before the JSON name: "/"
// for a body as a whole, "/items/0/" inside it, "" for parameters.
void refine(const Type& type, const void* object, std::string_view pointer_prefix, std::vector<Fault>& faults);

}  // namespace ashlar::schema
