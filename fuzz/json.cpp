// SPDX-License-Identifier: Apache-2.0
// JSON into a struct of every kind of member. What is read is written, and that must read again and write the same.
#include "ashlar/schema/json.hpp"

#include "ashlar/schema/constraints.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace ashlar;

enum class Shade { light, dark };
ASHLAR_DESCRIBE_ENUM(Shade, light, dark)

struct Leaf {
  static constexpr std::string_view tag = "leaf";
  Text<0, 12> name;
  double weight = 0;
};
ASHLAR_DESCRIBE(Leaf, name, weight)
struct Stone {
  static constexpr std::string_view tag = "stone";
  Int<-5, 5> grade;
};
ASHLAR_DESCRIBE(Stone, grade)

struct Everything {
  std::optional<bool> flag;
  std::optional<std::int8_t> small;
  std::optional<std::int64_t> wide;
  std::optional<std::uint64_t> natural;
  std::optional<double> number;
  std::optional<Money> amount;
  std::optional<Email> email;
  std::optional<Url> link;
  std::optional<Uuid> id;
  std::optional<Timestamp> moment;
  std::optional<Shade> shade;
  std::optional<std::string> text;
  std::optional<Nullable<Text<1, 5>>> maybe;
  Defaulted<Int<1, 9>, 4> usual;
  std::optional<std::vector<Text<0, 3>>> words;
  std::optional<Array<Leaf, 1, 3>> leaves;
  std::optional<OneOf<"kind", Leaf, Stone>> found;
};
ASHLAR_DESCRIBE(Everything, flag, small, wide, natural, number, amount, email, link, id, moment, shade, text, maybe,
                usual, words, leaves, found)

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> exact(data, data + size);  // nothing behind it may be read
  const auto read = schema::read_json<Everything>({exact.data(), exact.size()});
  if (!read) {
    if (read.error().message().empty()) fuzz::broken("a refusal says why");
    return 0;
  }
  const std::string once = schema::to_json(*read);
  const auto again = schema::read_json<Everything>(once);
  if (!again) fuzz::broken(once);
  fuzz::require_same(once, schema::to_json(*again), "what was written reads as the same");
  return 0;
}
