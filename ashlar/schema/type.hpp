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

// What a string holds. `money` is an amount in minor units, `enumeration` one of `Type::enumerators`, `file` the bytes
// of a file, which only a face that takes files can bring.
enum class Format : std::uint8_t { none, email, uri, uuid, date_time, money, enumeration, password, file };

// What a value is in memory, when it is exactly one of these and may be any of their values: bool, std::int64_t,
// double, std::string (of what check_text allows), Uuid, Timestamp. Whoever walks many values, rows and JSON, need not
// ask the accessors then. type_of() sets it, by the C++ type.
enum class Storage : std::uint8_t { other, boolean, integer, number, text, uuid, timestamp };

// A rule that a value breaks: a stable code ("too_long") and a sentence.
struct Violation {
  std::string_view code;  // a literal
  std::string message;
};
using Check = std::optional<Violation>;  // nullopt: the value is fine

// Where a refinement over several members reports to. `member` is the C++ name of the member, as in the struct.
class Refinement {
 public:
  Refinement() = default;
  Refinement(const Refinement&) = delete;
  Refinement& operator=(const Refinement&) = delete;
  virtual void fault(std::string_view member, std::string_view code, std::string message) = 0;

 protected:
  ~Refinement() = default;
};

// ,"createdAt": with the comma, as it stands between members. What follows its bytes can be read as well, up to a whole
// number of blocks, so that it is copied without a loop over bytes.
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
  bool password;                  // a Secret, or what may hold one: nothing writes it

  [[nodiscard]] const void* locate_in(const void* object) const { return locate(const_cast<void*>(object)); }
};

// One alternative of a tagged union (Kind::choice).
struct Alternative {
  std::string_view tag;
  const Type& (*type)();
  void* (*emplace)(void* choice);  // makes this the active alternative and returns it
};

// Bounds as JSON Schema says them: of the value (integer, number, money in minor units), of the length in code points
// (string), in bytes (file) or of the item count (array).
struct Bounds {
  std::optional<std::int64_t> min{};
  std::optional<std::int64_t> max{};
};

// What reading JSON does with members that a struct does not have.
enum class UnknownMembers : std::uint8_t { refused, ignored };

inline constexpr std::size_t put_text_bytes_max = 40;

// How to get at a value; which of them are set follows from the kind. `value` points to an object of the C++ type.
struct Access {
  // boolean; integer, date_time (milliseconds), money (minor units); number
  Check (*set_boolean)(void* value, bool) = nullptr;
  bool (*get_boolean)(const void* value) = nullptr;
  Check (*set_integer)(void* value, std::int64_t) = nullptr;
  std::int64_t (*get_integer)(const void* value) = nullptr;
  Check (*set_number)(void* value, double) = nullptr;
  double (*get_number)(const void* value) = nullptr;
  // every string, whatever its format; a Secret has no append_text, so that nothing can write it
  Check (*set_text)(void* value, std::string_view) = nullptr;
  void (*append_text)(const void* value, std::string& out) = nullptr;  // as it is, not escaped
  // beside append_text, and much cheaper: the text where the value holds it; or, of at most put_text_bytes_max bytes
  // that no face has to escape (digits, letters and signs but quotes), put at `at`, which has room: returns their end
  std::string_view (*view_text)(const void* value) = nullptr;
  char* (*put_text)(const void* value, char* at) = nullptr;
  // file: the object that a face puts it into; of which type, they agree (web/upload.hpp)
  void* (*file)(void* value) = nullptr;
  // array
  void* (*append)(void* array) = nullptr;  // a new last item
  void (*remove_last)(void* array) = nullptr;
  std::size_t (*size)(const void* array) = nullptr;
  const void* (*item)(const void* array, std::size_t index) = nullptr;
  // optional, nullable: emplace makes a value; content is null when there is none
  void* (*emplace)(void* holder) = nullptr;
  void (*clear)(void* holder) = nullptr;
  const void* (*content)(const void* holder) = nullptr;
  // choice
  std::size_t (*active)(const void* choice) = nullptr;  // index into Type::alternatives
  const void* (*active_value)(const void* choice) = nullptr;
  // object: rules over several members, run when all members were read without a fault
  void (*refine)(const void* object, Refinement& out) = nullptr;
};

struct Type {
  Kind kind;
  Format format = Format::none;
  Storage storage = Storage::other;
  std::string_view name{};         // of an object, enumeration or choice: "SignUp"; else empty
  std::string_view description{};  // for a person, may be empty
  std::string_view pattern{};      // of a string, as JSON Schema's `pattern`; may be empty
  Bounds bounds{};
  std::span<const Member> members{};                // object
  UnknownMembers unknown_members{};                 // object
  std::span<const Alternative> alternatives{};      // choice
  std::string_view tag_name{};                      // choice: the member that says which alternative
  std::span<const std::string_view> enumerators{};  // enumeration
  std::span<const std::string_view> media_types{};  // file: those that it may have; empty: any
  const Type& (*element)() = nullptr;               // array, optional, nullable
  std::string_view default_json{};                  // set when an absent member takes a default
  void (*append_example)(std::string&) = nullptr;   // appends a JSON value that this type accepts; may be null
  Access access{};
};

}  // namespace ashlar::schema
