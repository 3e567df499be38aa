// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/grpc/field_numbers.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The operations of an Api as protobuf (proto3), without generated code: one package, a service for each tag, a method
// for each operation, and messages from the described structs.
//
//   C++                                  protobuf
//   bool, integers, double               bool, int64, double
//   texts, enumerations, UUID, amounts   string, as in JSON; the comment lists an enumeration's names
//   Timestamp                            google.protobuf.Timestamp, truncated to milliseconds
//   std::optional, Nullable, Defaulted   optional: absent is nullopt, null, the default
//   std::optional<Nullable<T>>           a message NullableT { optional T value = 1; }, so that absent differs from
//   null std::vector, Array                   repeated a described struct                   a message of its name
//   OneOf, UntaggedOneOf                 a message with a oneof
//   JsonObject                           string, which holds JSON
//
// A struct without members as an input, or no reply, is google.protobuf.Empty; a page is a message with `items` and
// `pagination`. Operations that only one transport serves and those that take files have no method.
namespace ashlar::grpc {

struct Message;

struct Field {
  enum class Kind : std::uint8_t { boolean, int64, real, text, timestamp, json, nullable, message };
  // implicit: absent means zero or empty. in_choice: one of a oneof.
  enum class Label : std::uint8_t { implicit, optional, repeated, in_choice };

  std::string name;       // snake_case, as in C++
  std::string json_name;  // camelCase, as in JSON
  std::uint32_t number = 0;
  Kind kind = Kind::text;
  Label label = Label::implicit;
  const schema::Type* type = nullptr;      // of the value, or of an item: no optional, nullable or array
  const Message* message = nullptr;        // of Kind::message and Kind::nullable
  const schema::Member* member = nullptr;  // of a struct; null in a choice and a page
};

struct Message {
  enum class Shape : std::uint8_t { object, choice, page, nullable, empty };

  std::string name;  // without the package; of Shape::empty with it
  Shape shape = Shape::object;
  const schema::Type* type = nullptr;  // of an object or a choice
  std::vector<Field> fields;
  FieldNumbers::Reserved reserved;

  [[nodiscard]] const Field* find(std::uint32_t number) const;  // null: unknown
};

struct Method {
  std::string name;       // "CreatePost"
  std::string operation;  // "createPost"
  const api::PreparedEndpoint* endpoint = nullptr;
  const Message* input = nullptr;
  const Message* output = nullptr;
  [[nodiscard]] bool reads() const { return endpoint->endpoint->effect == api::Endpoint::Effect::reads; }
  [[nodiscard]] bool streams() const { return endpoint->endpoint->operation->reply().streams(); }
};

struct Service {
  std::string name;  // with the package: "ashlar.v1.Posts"
  std::vector<Method> methods;
};

// Immutable; used from every loop at once. The Api outlives it.
class Proto {
 public:
  // Throws std::logic_error for a type that protobuf cannot express (an array of arrays or of optionals), and for two
  // methods or messages of one name.
  Proto(const api::Api& api, std::string package, FieldNumbers numbers);
  ~Proto();
  Proto(const Proto&) = delete;
  Proto& operator=(const Proto&) = delete;

  [[nodiscard]] const std::string& package() const { return package_; }
  [[nodiscard]] const std::vector<Service>& services() const { return services_; }
  [[nodiscard]] std::span<const std::unique_ptr<Message>> messages() const { return messages_; }
  [[nodiscard]] const Service* find(std::string_view service) const;
  // The given numbers with those of new fields, and with members that no longer exist reserved.
  [[nodiscard]] const FieldNumbers& numbers() const { return numbers_; }

  [[nodiscard]] std::string to_string() const;   // a .proto file
  [[nodiscard]] std::string descriptor() const;  // google.protobuf.FileDescriptorProto, encoded
  [[nodiscard]] std::string file_name() const;   // "ashlar/v1/api.proto"

 private:
  class Builder;

  const std::string package_;
  FieldNumbers numbers_;
  std::vector<std::unique_ptr<Message>> messages_;
  std::vector<Service> services_;
};

// The service of a tag: "API keys" is ApiKeys.
[[nodiscard]] std::string service_name(std::string_view tag);
// Whether the endpoint has a method.
[[nodiscard]] bool is_served(const api::Endpoint& endpoint);

inline constexpr std::string_view empty_message = "google.protobuf.Empty";
inline constexpr std::string_view timestamp_message = "google.protobuf.Timestamp";

}  // namespace ashlar::grpc
