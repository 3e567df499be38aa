// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/detail/json_flaw.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

namespace ashlar::schema::detail {
namespace {

// Each function consumes the element that it is named for and returns whether it was present; if not, it sets `flaw`.
class Scanner {
 public:
  Scanner(std::string_view json, std::size_t depth_max) : json_(json), depth_max_(depth_max) {}

  bool text();
  [[nodiscard]] const JsonFlaw& flaw() const { return flaw_; }

 private:
  enum class Step : unsigned char { failed, took_value, opened };

  Step value();
  Step open(char closing);
  bool after_value();
  bool member_name();
  bool string();
  bool escape();
  bool surrogate_pair_or_unit();
  bool number();
  bool digits();
  bool literal(std::string_view word);

  [[nodiscard]] bool at_end() const { return at_ == json_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : json_[at_]; }
  bool take(char c) {
    if (at_end() || json_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_space() { at_ = std::min(json_.find_first_not_of(" \t\n\r", at_), json_.size()); }
  bool fail(std::string_view reason) { return fail_at(at_, at_end() ? "the text ends too early" : reason); }
  bool fail_at(std::size_t offset, std::string_view reason) {
    flaw_ = {.offset = offset, .reason = reason};
    return false;
  }

  std::string_view json_;
  std::size_t depth_max_;
  std::size_t at_ = 0;
  std::string closings_;  // the closing bracket of each open array and object
  JsonFlaw flaw_{};
};

bool Scanner::text() {
  if (json_.starts_with("\xef\xbb\xbf")) return fail("a byte order mark is not allowed");
  while (true) {
    const Step step = value();
    if (step == Step::failed) return false;
    if (step == Step::opened) continue;
    if (!after_value()) return false;
    if (closings_.empty()) return true;
  }
}

// Closes what ends here. Returns true before the next value, or at the end of the text.
bool Scanner::after_value() {
  while (true) {
    skip_space();
    if (closings_.empty()) return at_end() || fail("nothing may follow the value");
    if (take(closings_.back())) {
      closings_.pop_back();
      continue;
    }
    const bool in_object = closings_.back() == '}';
    if (!take(',')) return fail(in_object ? "a comma or } is expected" : "a comma or ] is expected");
    if (!in_object) return true;
    skip_space();
    return member_name();
  }
}

Scanner::Step Scanner::value() {
  skip_space();
  const auto took = [](bool fine) { return fine ? Step::took_value : Step::failed; };
  switch (peek()) {
    case '{':
      return open('}');
    case '[':
      return open(']');
    case '"':
      return took(string());
    case 't':
      return took(literal("true"));
    case 'f':
      return took(literal("false"));
    case 'n':
      return took(literal("null"));
    case '-':
      return took(number());
    default:
      break;
  }
  if (is_digit(peek())) return took(number());
  return took(fail("a value is expected"));
}

Scanner::Step Scanner::open(char closing) {
  const std::size_t start = at_++;
  skip_space();
  if (take(closing)) return Step::took_value;
  if (closings_.size() == depth_max_) {
    fail_at(start, "arrays and objects are nested too deeply");
    return Step::failed;
  }
  closings_ += closing;
  return closing == ']' || member_name() ? Step::opened : Step::failed;
}

bool Scanner::member_name() {
  if (peek() != '"') return fail("a member's name in double quotes is expected");
  if (!string()) return false;
  skip_space();
  return take(':') || fail("a colon is expected");
}

bool Scanner::string() {
  ++at_;
  while (!at_end()) {
    const auto c = static_cast<unsigned char>(peek());
    if (c == '"') {
      ++at_;
      return true;
    }
    if (c < 0x20) return fail("a control character must be escaped");
    if (c == '\\') {
      if (!escape()) return false;
    } else if (c < 0x80) {
      ++at_;
    } else {
      std::size_t length = 2;
      while (length <= 4 && !is_utf8(json_.substr(at_, length))) ++length;
      if (length > 4) return fail("the UTF-8 is not well-formed");
      at_ += length;
    }
  }
  return fail("");
}

bool Scanner::escape() {
  ++at_;
  if (take('u')) return surrogate_pair_or_unit();
  if (!std::string_view("\"\\/bfnrt").contains(peek()) || at_end()) return fail("the escape is unknown");
  ++at_;
  return true;
}

bool Scanner::surrogate_pair_or_unit() {
  const std::size_t start = at_ - 2;
  const auto unit = [this](unsigned& code) {
    const std::string_view hex = json_.substr(at_, 4);
    const auto read = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
    if (hex.size() != 4 || read.ptr != hex.data() + 4) return false;
    at_ += 4;
    return true;
  };
  unsigned first = 0, second = 0;
  if (!unit(first)) return fail_at(start, "\\u needs four hexadecimal digits");
  if (first < 0xd800 || first > 0xdfff) return true;
  if (first > 0xdbff || !take('\\') || !take('u') || !unit(second) || second < 0xdc00 || second > 0xdfff) {
    return fail_at(start, "a surrogate is unpaired");
  }
  return true;
}

bool Scanner::number() {
  const std::size_t start = at_;
  take('-');
  if (!take('0') && !digits()) return fail_at(start, "the number is malformed");
  if (take('.') && !digits()) return fail_at(start, "the number is malformed");
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    if (!digits()) return fail_at(start, "the number is malformed");
  }
  // The next character must not continue the word: 01, 1x, 1.2.3
  if (at_end() || std::string_view(" \t\n\r,]}").contains(peek())) return true;
  return fail_at(start, "the number is malformed");
}

bool Scanner::digits() {
  const std::size_t start = at_;
  while (is_digit(peek())) ++at_;
  return at_ > start;
}

bool Scanner::literal(std::string_view word) {
  if (!json_.substr(at_).starts_with(word)) return fail_at(at_, "a value is expected");
  at_ += word.size();
  return true;
}

}  // namespace

std::optional<JsonFlaw> find_json_flaw(std::string_view json, std::size_t depth_max) {
  Scanner scanner(json, depth_max);
  if (scanner.text()) return std::nullopt;
  return scanner.flaw();
}

}  // namespace ashlar::schema::detail
