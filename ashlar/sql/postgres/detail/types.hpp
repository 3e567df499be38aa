// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libpq-fe.h>

#include <bit>
#include <cstdint>
#include <cstring>

// The built-in types of PostgreSQL by their OIDs (src/include/catalog/pg_type.dat; they never change), and the byte
// order of their binary forms.
namespace ashlar::sql::postgres::detail {

namespace oid {
inline constexpr Oid inferred = 0;  // as a parameter's type: inferred by the server
inline constexpr Oid boolean = 16;
inline constexpr Oid bytea = 17;
inline constexpr Oid internal_char = 18;
inline constexpr Oid name = 19;
inline constexpr Oid int8 = 20;
inline constexpr Oid int2 = 21;
inline constexpr Oid int4 = 23;
inline constexpr Oid text = 25;
inline constexpr Oid oid = 26;
inline constexpr Oid json = 114;
inline constexpr Oid xml = 142;
inline constexpr Oid float4 = 700;
inline constexpr Oid float8 = 701;
inline constexpr Oid unknown = 705;
inline constexpr Oid bpchar = 1042;
inline constexpr Oid varchar = 1043;
inline constexpr Oid date = 1082;
inline constexpr Oid timestamp = 1114;
inline constexpr Oid timestamptz = 1184;
inline constexpr Oid numeric = 1700;
inline constexpr Oid uuid = 2950;
inline constexpr Oid jsonb = 3802;
inline constexpr Oid first_user_defined = 16384;  // enums, citext and other types made with CREATE TYPE
}  // namespace oid

// From 1970-01-01, the epoch of Timestamp, to 2000-01-01, PostgreSQL's.
inline constexpr std::int64_t epoch_milliseconds = 946'684'800'000;

template <class T>
T read_big_endian(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
  return value;
}

inline void write_big_endian(std::uint64_t value, char* to) {
  for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<char>(value & 0xff);
}

}  // namespace ashlar::sql::postgres::detail
