// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/revocations.hpp"
#include "ashlar/graphql/server.hpp"
#include "ashlar/schema/json_object.hpp"
#include "ashlar/schema/untagged_one_of.hpp"
#include "ashlar/web/app.hpp"
#include "ashlar/web/test_client.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

// A small library of books behind GraphQL, for tests.
namespace ashlar::graphql::test {

namespace errors {
inline constexpr ErrorCode book_not_found{ErrorKind::not_found, "book.not_found"};
inline constexpr ErrorCode book_taken{ErrorKind::conflict, "book.taken"};
}  // namespace errors

enum class Genre : std::uint8_t { novel, poem };
ASHLAR_DESCRIBE_ENUM(Genre, novel, poem)

struct Author {
  Line<1, 100> name;
  std::optional<Int<0, 150>> age{};
};
ASHLAR_DESCRIBE(Author, name, age)

struct Book {
  Uuid id;
  Line<1, 100> title;
  std::int64_t copies = 0;
  Genre genre = Genre::novel;
  std::optional<Author> author{};
  std::vector<Author> editors{};
  static constexpr std::string_view description = "A book with \"quotes\".";
};
ASHLAR_DESCRIBE(Book, id, title, copies, genre, author, editors)

struct Card {
  static constexpr std::string_view tag = "card";
  Text<1, 20> number;
};
ASHLAR_DESCRIBE(Card, number)
struct Transfer {
  static constexpr std::string_view tag = "transfer";
  Text<1, 20> account;
  std::optional<bool> fast{};
};
ASHLAR_DESCRIBE(Transfer, account, fast)
using Payment = OneOf<"type", Card, Transfer>;

struct FindBooks {
  Defaulted<Int<1, 100>, 20> limit;
  std::optional<Text<0, 100>> title{};
  std::optional<Genre> genre{};
};
ASHLAR_DESCRIBE(FindBooks, limit, title, genre)
struct ById {
  Uuid id;
};
ASHLAR_DESCRIBE(ById, id)
struct AddBook {
  Line<1, 100> title;
  std::optional<std::int64_t> copies{};
  std::optional<Author> author{};
  std::vector<Author> editors{};
};
ASHLAR_DESCRIBE(AddBook, title, copies, author, editors)
struct Buy {
  Payment payment;
  MoneyBetween<0, 100'000> price;
  std::optional<JsonObject> notes{};
};
ASHLAR_DESCRIBE(Buy, payment, price, notes)
struct Receipt {
  std::string paid_with;
  MoneyBetween<0, 100'000> price;
  Payment payment;
  JsonObject notes{};
};
ASHLAR_DESCRIBE(Receipt, paid_with, price, payment, notes)
struct Refused {
  std::string reason;
};
ASHLAR_DESCRIBE(Refused, reason)
struct Echo {
  std::optional<bool> boolean{};
  std::optional<double> number{};
  std::optional<Int<-5, 5>> small{};
  std::optional<std::string> text{};
};
ASHLAR_DESCRIBE(Echo, boolean, number, small, text)

Result<api::Page<Book>> find_books(api::Call& call, FindBooks in);
Result<Book> get_book(api::Call& call, ById in);
Result<api::Created<Book>> add_book(api::UserCall& call, AddBook in);
Result<UntaggedOneOf<Receipt, Refused>> buy(api::Call& call, Buy in);
Result<> remove_books(api::UserCall& call);
Result<Echo> echo(api::Call& call, Echo in);

// The same principal each time, with these permissions.
class Service {
 public:
  explicit Service(ServerOptions options = {});

  web::TestReply post(const std::string& query, const std::string& variables = {});  // as its user, if there is one
  web::TestReply send(web::TestRequest request) { return client_->send(request); }
  void sign_in(std::vector<std::string> permissions = {});
  [[nodiscard]] const std::string& token() const { return token_; }
  [[nodiscard]] const TypeSystem& types() const { return server_.types(); }

 private:
  ManualClock clock_{Timestamp::from_milliseconds(1'800'000'000'000)};
  SeededRandom random_{7};
  auth::MemoryRevocations revocations_{clock_};
  auth::Tokens tokens_{
      {.access_secret = std::string(32, 'a'), .refresh_secret = std::string(32, 'r')}, clock_, random_, revocations_};
  log::Logger log_{{.level = log::Level::error, .console = log::LogOptions::Console::none}, clock_};
  Server server_;
  std::string token_;
  std::optional<web::App> app_;
  std::optional<web::TestClient> client_;
};

}  // namespace ashlar::graphql::test
