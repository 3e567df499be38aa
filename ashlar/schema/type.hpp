// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// The description of a C++ type at run time. There is one per type, made from ASHLAR_DESCRIBE and the constraint types
// (describe.hpp, constraints.hpp), and everything else is derived from it: reading and writing JSON, query strings,
// JSON Schema, SQL rows, later GraphQL and protobuf. Templates make these tables; the code that walks them is compiled
// once. Tables are immutable, live until the process ends, and can be read from any thread.
namespace ashlar::schema {

struct Type;

enum class Kind : std::uint8_t { boolean, integer, number, string, object, array, optional, nullable, choice };

// The content of a string. `money` is an amount in minor units, `enumeration` one of `Type::enumerators`, `file` the
// bytes of a file, which only transports with file uploads support.
enum class Format : std::uint8_t { none, email, uri, uuid, date_time, money, enumeration, password, file };

// The representation in memory, set when the C++ type is exactly one of these and every value of it is allowed: bool,
// std::int64_t, double, std::string (restricted by check_text), Uuid, Timestamp. Code that processes many values (rows,
// JSON) can then skip the accessors. type_of() sets it, from the C++ type.
enum class Storage : std::uint8_t { other, boolean, integer, number, text, uuid, timestamp };

// A broken rule: a stable code ("too_long") and a sentence.
struct Violation {
  std::string_view code;  // a literal
  std::string message;
};
using Check = std::optional<Violation>;  // nullopt: the value is valid

// Receives the faults of a refinement over several members. `member` is the C++ name of the member, as in the struct.
class Refinement {
 public:
  Refinement() = default;
  Refinement(const Refinement&) = delete;
  Refinement& operator=(const Refinement&) = delete;
  virtual void fault(std::string_view member, std::string_view code, std::string message) = 0;

 protected:
  ~Refinement() = default;
};

// ,"createdAt": with the leading comma, as written between members. The bytes after it are readable up to a whole
// number of blocks, so that it can be copied without a loop over bytes.
struct JsonKey {
  static constexpr std::size_t block_bytes = 16;
  const char* text = nullptr;
  std::size_t size = 0;
};

struct Member {
  std::string_view name;       // in C++ and in SQL: created_at
  std::string_view json_name;  // createdAt
  JsonKey json_key;
  const Type& (*type)();
  void* (*locate)(void* object);  // the member inside the object
  bool required;                  // neither optional nor with a default
  bool password;                  // a Secret, or a type that may contain one: never written

  [[nodiscard]] const void* locate_in(const void* object) const { return locate(const_cast<void*>(object)); }
};

// One alternative of a tagged union (Kind::choice).
struct Alternative {
  std::string_view tag;
  const Type& (*type)();
  void* (*emplace)(void* choice);  // makes this the active alternative and returns it
};

// Bounds as in JSON Schema: of the value (integer, number, money in minor units), of the length in code points
// (string), in bytes (file) or of the item count (array).
struct Bounds {
  std::optional<std::int64_t> min{};
  std::optional<std::int64_t> max{};
};

// How JSON reading treats members that a struct does not have.
enum class UnknownMembers : std::uint8_t { refused, ignored };

inline constexpr std::size_t put_text_bytes_max = 40;

// Access to a value; the kind determines which functions are set. `value` points to an object of the C++ type.
struct Access {
  // boolean; integer, date_time (milliseconds), money (minor units); number
  Check (*set_boolean)(void* value, bool) = nullptr;
  bool (*get_boolean)(const void* value) = nullptr;
  Check (*set_integer)(void* value, std::int64_t) = nullptr;
  std::int64_t (*get_integer)(const void* value) = nullptr;
  Check (*set_number)(void* value, double) = nullptr;
  double (*get_number)(const void* value) = nullptr;
  // every string, whatever its format; a Secret has no append_text, so that it cannot be written
  Check (*set_text)(void* value, std::string_view) = nullptr;
  void (*append_text)(const void* value, std::string& out) = nullptr;  // unescaped
  // in addition to append_text, and much cheaper: either the text where the value stores it, or, for at most
  // put_text_bytes_max bytes that no transport has to escape (digits, letters and signs except quotes), written to
  // `at`, which has room; the latter returns the end
  std::string_view (*view_text)(const void* value) = nullptr;
  char* (*put_text)(const void* value, char* at) = nullptr;
  // file: the object that receives an upload; the transport and the type agree on its type (web/upload.hpp)
  void* (*file)(void* value) = nullptr;
  // array
  void* (*append)(void* array) = nullptr;  // appends an item and returns it
  void (*remove_last)(void* array) = nullptr;
  std::size_t (*size)(const void* array) = nullptr;
  const void* (*item)(const void* array, std::size_t index) = nullptr;
  // optional, nullable: emplace creates a value; content is null when there is none
  void* (*emplace)(void* holder) = nullptr;
  void (*clear)(void* holder) = nullptr;
  const void* (*content)(const void* holder) = nullptr;
  // choice
  std::size_t (*active)(const void* choice) = nullptr;  // index into Type::alternatives
  const void* (*active_value)(const void* choice) = nullptr;
  // object: rules over several members, run when all members were read without faults
  void (*refine)(const void* object, Refinement& out) = nullptr;
};

struct Type {
  Kind kind;
  Format format = Format::none;
  Storage storage = Storage::other;
  std::string_view name{};         // of an object, enumeration or choice: "SignUp"; else empty
  std::string_view description{};  // human-readable, may be empty
  std::string_view pattern{};      // of a string, as JSON Schema's `pattern`; may be empty
  Bounds bounds{};
  std::span<const Member> members{};                // object
  UnknownMembers unknown_members{};                 // object
  std::span<const Alternative> alternatives{};      // choice
  std::string_view tag_name{};                      // choice: the member that says which alternative
  std::span<const std::string_view> enumerators{};  // enumeration
  std::span<const std::string_view> media_types{};  // file: the allowed ones; empty: any
  const Type& (*element)() = nullptr;               // array, optional, nullable
  std::string_view default_json{};                  // set when an absent member takes a default
  void (*append_example)(std::string&) = nullptr;   // appends a JSON value that this type accepts; may be null
  Access access{};
};

}  // namespace ashlar::schema
