// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/value_bytes.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace ashlar::sql::detail {
namespace {

void append_number(std::uint64_t number, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

void append_text(std::string_view text, std::string& out) {
  append_number(text.size(), out);
  out += text;
}

struct Writer {
  std::string& out;
  void operator()(Null) const {}
  void operator()(bool value) const { out += value ? '\1' : '\0'; }
  void operator()(std::int64_t value) const { append_number(static_cast<std::uint64_t>(value), out); }
  void operator()(double value) const { append_number(std::bit_cast<std::uint64_t>(value), out); }
  void operator()(const std::string& value) const { append_text(value, out); }
  void operator()(const Bytes& value) const {
    append_text({reinterpret_cast<const char*>(value.data()), value.size()}, out);
  }
  void operator()(const Uuid& value) const {
    out.append(reinterpret_cast<const char*>(value.bytes().data()), value.bytes().size());
  }
  void operator()(Timestamp value) const { append_number(static_cast<std::uint64_t>(value.milliseconds()), out); }
};

// Reads what Writer has written; after a missing byte, every read fails.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::optional<Value> next() {
    const auto type = take(1);
    if (!type) return std::nullopt;
    switch (type->front()) {
      case 0:
        return Null{};
      case 1:
        if (const auto byte = take(1)) return byte->front() != 0;
        break;
      case 2:
        if (const auto value = number()) return static_cast<std::int64_t>(*value);
        break;
      case 3:
        if (const auto value = number()) return std::bit_cast<double>(*value);
        break;
      case 4:
        if (const auto length = number(); length && *length <= rest_.size()) return std::string(*take(*length));
        break;
      case 6:
        if (const auto id = take(16)) return uuid(*id);
        break;
      case 7:
        if (const auto value = number()) return moment(static_cast<std::int64_t>(*value));
        break;
      default:  // byte strings have no order
        break;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string_view> take(std::size_t length) {
    if (rest_.size() < length) return std::nullopt;
    const auto out = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return out;
  }
  std::optional<std::uint64_t> number() {
    const auto bytes = take(8);
    if (!bytes) return std::nullopt;
    std::uint64_t out = 0;
    for (const char byte : *bytes) out = out << 8 | static_cast<unsigned char>(byte);
    return out;
  }
  static Value uuid(std::string_view bytes) {
    std::array<std::uint8_t, 16> id{};
    std::memcpy(id.data(), bytes.data(), id.size());
    return Uuid(id);
  }
  static std::optional<Value> moment(std::int64_t milliseconds) {
    if (milliseconds < Timestamp::milliseconds_min || milliseconds > Timestamp::milliseconds_max) return std::nullopt;
    return Timestamp::from_milliseconds(milliseconds);
  }

  std::string_view rest_;
};

}  // namespace

void append_bytes(const Value& value, std::string& out) {
  out += static_cast<char>(value.index());
  std::visit(Writer{out}, value);
}

std::optional<std::vector<Value>> values_from(std::string_view bytes) {
  std::vector<Value> out;
  Reader reader(bytes);
  while (!reader.at_end()) {
    auto value = reader.next();
    if (!value) return std::nullopt;
    out.push_back(std::move(*value));
  }
  return out;
}

}  // namespace ashlar::sql::detail
