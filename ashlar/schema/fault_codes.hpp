// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// The codes of the faults that schemas report. They are part of the contract with clients and do not change;
// docs/errors.md lists them. A refinement may report further codes.
namespace ashlar::schema::codes {

// The shape of the input
inline constexpr std::string_view required = "required";                  // a member or parameter is missing
inline constexpr std::string_view unknown_member = "unknown_member";      // a member that the type does not have
inline constexpr std::string_view duplicate_member = "duplicate_member";  // a member that occurred before
inline constexpr std::string_view null = "null";                          // null where a value is expected
inline constexpr std::string_view type = "type";                          // a value of another kind: text for a number
inline constexpr std::string_view too_few_items = "too_few_items";
inline constexpr std::string_view too_many_items = "too_many_items";

// One value
inline constexpr std::string_view too_short = "too_short";  // characters of a text
inline constexpr std::string_view too_long = "too_long";
inline constexpr std::string_view too_small = "too_small";  // numbers, amounts, moments
inline constexpr std::string_view too_large = "too_large";
inline constexpr std::string_view text = "text";  // not well-formed UTF-8, or with a NUL character
inline constexpr std::string_view control_character = "control_character";  // in a text of one line
inline constexpr std::string_view email = "email";
inline constexpr std::string_view url = "url";
inline constexpr std::string_view uuid = "uuid";
inline constexpr std::string_view base64url = "base64url";
inline constexpr std::string_view date_time = "date_time";
inline constexpr std::string_view money = "money";    // not an amount with two decimals
inline constexpr std::string_view one_of = "one_of";  // not one of the names: enumerations, tags of unions

// A file
inline constexpr std::string_view file = "file";                      // text where a file is expected
inline constexpr std::string_view file_too_large = "file_too_large";  // more bytes than allowed
inline constexpr std::string_view file_type = "file_type";            // a media type that is not allowed

}  // namespace ashlar::schema::codes
