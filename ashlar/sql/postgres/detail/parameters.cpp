// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/parameters.hpp"

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"
#include "ashlar/sql/postgres/detail/types.hpp"

#include <bit>
#include <cmath>

namespace ashlar::sql::postgres::detail {
namespace {

constexpr std::size_t parameters_max = 65'535;  // the protocol counts them in 16 bits
constexpr int text_format = 0;
constexpr int binary_format = 1;

}  // namespace

Oid declared_type(const Value& value) {
  static constexpr std::array<Oid, std::variant_size_v<Value>> types = {
      oid::inferred, oid::boolean, oid::int8, oid::float8, oid::inferred, oid::bytea, oid::uuid, oid::timestamptz};
  return types[value.index()];
}

void Parameters::binary(std::size_t at, const void* data, std::size_t length) {
  values_[at] = length == 0 ? "" : static_cast<const char*>(data);  // a null pointer would be NULL
  lengths_[at] = static_cast<int>(length);
  formats_[at] = binary_format;
}

void Parameters::binary(std::size_t at, std::uint64_t bits) {
  write_big_endian(bits, fixed_[at].data());
  binary(at, fixed_[at].data(), 8);
}

Result<> Parameters::encode(const std::vector<Value>& values) {
  if (values.size() > parameters_max) return std::unexpected(failed("more than 65,535 parameters"));
  values_.assign(values.size(), nullptr);
  lengths_.assign(values.size(), 0);
  formats_.assign(values.size(), binary_format);
  fixed_.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (const auto* flag = std::get_if<bool>(&values[i])) {
      binary(i, *flag ? "\1" : "\0", 1);
    } else if (const auto* integer = std::get_if<std::int64_t>(&values[i])) {
      binary(i, static_cast<std::uint64_t>(*integer));
    } else if (const auto* number = std::get_if<double>(&values[i])) {
      if (std::isnan(*number)) return fail(errors::invalid_number, "A number must not be NaN.");
      binary(i, std::bit_cast<std::uint64_t>(*number));
    } else if (const auto* text = std::get_if<std::string>(&values[i])) {
      if (text->find('\0') != std::string::npos)
        return fail(errors::invalid_text, "Text must not hold a NUL character.");
      values_[i] = text->c_str();
      formats_[i] = text_format;
    } else if (const auto* bytes = std::get_if<Bytes>(&values[i])) {
      binary(i, bytes->data(), bytes->size());
    } else if (const auto* id = std::get_if<Uuid>(&values[i])) {
      binary(i, id->bytes().data(), id->bytes().size());
    } else if (const auto* moment = std::get_if<Timestamp>(&values[i])) {
      binary(i, static_cast<std::uint64_t>((moment->milliseconds() - epoch_milliseconds) * 1000));
    }
  }
  return {};
}

}  // namespace ashlar::sql::postgres::detail
