// SPDX-License-Identifier: Apache-2.0
#include "tests/support/graphql_service.hpp"

#include "ashlar/schema/json.hpp"

namespace ashlar::graphql::test {

namespace {

Uuid id_of(int number) { return *Uuid::parse("01234567-89ab-7def-8123-00000000000" + std::to_string(number)); }

Book book(int number, std::string_view title) {
  return {.id = id_of(number),
          .title = Line<1, 100>::of(title),
          .copies = 9'007'199'254'740'993,
          .genre = number == 2 ? Genre::poem : Genre::novel,
          .author = number == 1 ? std::optional(Author{.name = Line<1, 100>::of("Jane"), .age = Int<0, 150>::of(41)})
                                : std::nullopt,
          .editors = {{.name = Line<1, 100>::of("Eve")}, {.name = Line<1, 100>::of("Max")}}};
}

std::string json_text(std::string_view text) {
  std::string out;
  schema::write_json_string(text, out);
  return out;
}

}  // namespace

Result<api::Page<Book>> find_books(api::Call&, FindBooks in) {
  api::Page<Book> out{.items = {book(1, "Emma"), book(2, "Odes")}, .limit = in.limit.value().value(), .total = 2};
  if (in.title) std::erase_if(out.items, [&](const Book& each) { return each.title.view() != in.title->view(); });
  if (in.genre) std::erase_if(out.items, [&](const Book& each) { return each.genre != *in.genre; });
  return out;
}

Result<Book> get_book(api::Call&, ById in) {
  if (in.id == id_of(1)) return book(1, "Emma");
  if (in.id == id_of(9)) return fail(ashlar::errors::overloaded, "Too many books.");
  return fail(errors::book_not_found, "There is no such book.");
}

Result<api::Created<Book>> add_book(api::UserCall&, AddBook in) {
  if (in.title.view() == "Emma") return fail(errors::book_taken, "This title is taken.");
  Book out = book(3, in.title.view());
  out.copies = in.copies.value_or(1);
  out.author = in.author;
  out.editors = in.editors;
  return api::Created<Book>{out};
}

Result<UntaggedOneOf<Receipt, Refused>> buy(api::Call&, Buy in) {
  if (in.price.minor_units() == 0) return Refused{.reason = "for nothing"};
  Receipt out{.paid_with = std::holds_alternative<Card>(in.payment) ? "card" : "transfer",
              .price = in.price,
              .payment = in.payment};
  if (in.notes) out.notes = *in.notes;
  return out;
}

Result<> remove_books(api::UserCall&) { return {}; }
Result<Echo> echo(api::Call&, Echo in) { return in; }

Service::Service(ServerOptions options) : server_(options) {
  web::Routes routes;
  routes.get("/books", find_books).open().name("findBooks").summary("Find books");
  routes.get("/books/{id}", get_book).open().name("getBook").summary("One book").fails_with(errors::book_not_found);
  routes.get("/echo", echo).open().name("echo").summary("The same again");
  routes.post("/books", add_book)
      .permission("create:book")
      .idempotency_key()
      .name("addBook")
      .summary("Add a book")
      .fails_with(errors::book_taken, errors::book_not_found);
  routes.post("/buy", buy).open().name("buy").summary("Buy").fails_with(errors::book_not_found);
  routes.remove("/books", remove_books).signed_in().name("removeBooks").summary("Remove every book");
  mount(routes, server_, "/graphql");
  app_.emplace(web::AppOptions{}, api::Call::Environment{&clock_, &random_, &log_}, &tokens_, std::move(routes));
  server_.serve(app_->api());
  client_.emplace(*app_);
}

void Service::sign_in(std::vector<std::string> permissions) {
  auth::Principal principal;
  principal.id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef");
  principal.session = *Uuid::parse("01234567-89ab-7def-8123-111111111111");
  principal.email = "ada@example.com";
  principal.role = "user";
  principal.permissions = std::move(permissions);
  token_ = tokens_.issue_access(principal).token;
}

web::TestReply Service::post(const std::string& query, const std::string& variables) {
  web::TestRequest request{.method = http::Method::post,
                           .target = "/graphql",
                           .headers = {{"Accept", "application/graphql-response+json"}},
                           .body = R"({"query":)" + json_text(query)};
  if (!variables.empty()) request.body += R"(,"variables":)" + variables;
  request.body += '}';
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  return client_->send(request);
}

}  // namespace ashlar::graphql::test
