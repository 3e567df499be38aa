// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"

#include <string_view>

namespace ashlar::web {

namespace detail {
// Not constexpr, so that reaching one during compilation is an error that shows its name.
inline void path_must_begin_with_a_slash() {}
inline void path_has_an_unclosed_parameter() {}
inline void no_member_of_the_input_has_the_name_of_this_path_parameter() {}

template <class Input>
consteval bool has_member(std::string_view json_name) {
  bool found = false;
  boost::mp11::mp_for_each<boost::describe::describe_members<Input, boost::describe::mod_public>>([&](auto descriptor) {
    using Table = schema::detail::MemberTable<Input, decltype(descriptor)>;
    if (std::string_view(Table::json.text.data(), Table::json.size) == json_name) found = true;
  });
  return found;
}
}  // namespace detail

// A path such as "/api/users/{id}/posts/{postId}": static segments and parameters, each a whole segment. Checked at
// compile time against the members of the input that receive the parameters.
template <class Input>
struct PathPattern {
  std::string_view text;

  template <std::size_t N>
  consteval PathPattern(const char (&literal)[N]) : text(literal, N - 1) {  // NOLINT(google-explicit-constructor)
    if (text.empty() || text.front() != '/') detail::path_must_begin_with_a_slash();
    for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
      const std::size_t end = text.find('}', at);
      if (end == text.npos) detail::path_has_an_unclosed_parameter();
      if (!detail::has_member<Input>(text.substr(at + 1, end - at - 1)))
        detail::no_member_of_the_input_has_the_name_of_this_path_parameter();
    }
  }
};

}  // namespace ashlar::web
