// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"

#include <array>
#include <variant>

namespace ashlar {

// A union without a tag, for replies:
//
//   using LoginReply = UntaggedOneOf<SignedIn, MfaRequired>;     {"user": {...}, ...} or {"mfaRequired": true, ...}
//
// Only the active alternative is written, and the client distinguishes the alternatives by their members. JSON Schema
// says `oneOf`, so each alternative, a described struct, needs a required member that no other one has. Its Type is a
// Kind::choice whose tag_name is empty. Reading one throws std::logic_error: an input needs the tag of a OneOf
// (composites.hpp). A value, like its alternatives.
template <class... Alternatives>
class UntaggedOneOf : public std::variant<Alternatives...> {
 public:
  using std::variant<Alternatives...>::variant;
};

namespace schema {

template <class... A>
struct Describe<UntaggedOneOf<A...>> {
  static_assert(sizeof...(A) > 1 && (DescribedStruct<A> && ...), "the alternatives are structs with ASHLAR_DESCRIBE");
  using Value = UntaggedOneOf<A...>;
  static Type type() {
    static const std::array<Alternative, sizeof...(A)> table{
        Alternative{.tag = {}, .type = &type_of<A>, .emplace = [](void* choice) -> void* {
                      return &static_cast<Value*>(choice)->template emplace<A>();
                    }}...};
    Type out{.kind = Kind::choice, .alternatives = table};
    out.access.active = [](const void* choice) { return static_cast<const Value*>(choice)->index(); };
    out.access.active_value = [](const void* choice) {
      return std::visit([](const auto& value) -> const void* { return &value; },
                        static_cast<const std::variant<A...>&>(*static_cast<const Value*>(choice)));
    };
    return out;
  }
};

}  // namespace schema

}  // namespace ashlar
