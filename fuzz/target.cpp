// SPDX-License-Identifier: Apache-2.0
// A request's target: its form, its path's segments and its query. What is taken apart adds up to what was sent; what
// is decoded is text, and a form's fields become members or faults, each with a path.
#include "ashlar/core/encoding.hpp"
#include "ashlar/http/detail/request_target.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/web/detail/percent_encoding.hpp"
#include "ashlar/web/input_binding.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace ashlar;

struct Fields {
  std::optional<Text<1, 5>> a;
  std::optional<std::int32_t> b;
  std::vector<Text<0, 3>> c;
  std::optional<Money> d;
  std::optional<bool> e;
  std::optional<Timestamp> f;
};
ASHLAR_DESCRIBE(Fields, a, b, c, d, e, f)

void take_apart(std::string_view target) {
  const auto parsed = http::detail::parse_target(http::Method::get, target);
  if (!parsed) return;
  if (!parsed->path.starts_with('/')) fuzz::broken("a path begins with a slash");
  if (parsed->path.find_first_of("?# \t\r\n") != parsed->path.npos) fuzz::broken("a path has its end");
  if (parsed->query.find_first_of("# \t\r\n") != parsed->query.npos) fuzz::broken("a query has its end");
  std::string whole(parsed->path);
  if (target.contains('?')) whole.append("?").append(parsed->query);
  if (!target.ends_with(whole) && parsed->path != "/") fuzz::broken("nothing was made up");
}

void decode(std::string_view text) {
  std::string buffer;
  for (const auto plus : {web::PlusSign::plus, web::PlusSign::space}) {
    const auto decoded = web::percent_decode(text, plus, buffer);
    if (!decoded) continue;
    if (!is_utf8(*decoded) || decoded->contains('\0')) fuzz::broken("what is decoded is text");
    if (decoded->size() > text.size()) fuzz::broken("decoding makes nothing longer");
  }
  std::size_t bytes = 0;
  for (web::QueryPieces pieces(text); pieces.next();) bytes += pieces.name().size() + pieces.value().size();
  if (bytes > text.size()) fuzz::broken("the pieces are of the text");
}

void bind(std::string_view text) {
  static const web::InputBinding query(http::Method::get, "/", schema::type_of<Fields>());
  static const web::InputBinding form(http::Method::post, "/", schema::type_of<Fields>(), web::Forms::yes);
  Fields from_query, from_form;
  std::vector<Fault> query_faults, form_faults;
  const bool query_read = query.read_query(text, &from_query, query_faults).has_value();
  const bool form_read = form.read_form(text, 1'000'000, &from_form, form_faults).has_value();
  if (query_read != form_read) fuzz::broken("a form is read as a query is");
  if (!query_read) return;
  if (query_faults.size() != form_faults.size()) fuzz::broken("a form has the faults that a query has");
  for (std::size_t i = 0; i < form_faults.size(); ++i) {
    if (!form_faults[i].path.starts_with('/') || form_faults[i].code != query_faults[i].code)
      fuzz::broken("a form's faults are those of a query, with pointers");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> exact(data, data + size);  // nothing behind it may be read
  const std::string_view text(exact.data(), exact.size());
  take_apart(text);
  decode(text);
  bind(text);
  return 0;
}
