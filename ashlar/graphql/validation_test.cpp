// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/validation.hpp"

#include "tests/support/graphql_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::graphql {
namespace {

using testing::HasSubstr;

class GraphqlValidation : public testing::Test {
 protected:
  std::vector<RequestError> errors_of(const std::string& source, const ComplexityLimits& limits = {}) {
    const auto document = parse(source);
    if (!document) return {document.error()};
    return validate(*document, service_.types(), limits);
  }
  // The messages, one a line.
  std::string messages(const std::string& source, const ComplexityLimits& limits = {}) {
    std::string out;
    for (const RequestError& error : errors_of(source, limits)) out += error.message + "\n";
    return out;
  }

  test::Service service_;
};

struct Case {
  const char* source;
  const char* message;
};

const std::vector<Case> forbidden = {
    // 5.2 operations
    {"query A { __typename } query A { __typename }", "There are several operations A."},
    {"{ __typename } query A { __typename }", "An operation without a name must be the only one."},
    {"subscription { findBooks { items { id } } }", "no subscriptions"},
    // 5.3 fields
    {"{ nothing }", "The type Query has no field nothing."},
    {"mutation { findBooks { items { id } } }", "The type Mutation has no field findBooks."},
    {"{ findBooks { items { pages } } }", "The type Book has no field pages."},
    {"{ getBook(id: \"01234567-89ab-7def-8123-000000000001\") { id } }", "The type GetBookResult has no field id."},
    {"{ findBooks { __schema { description } } }", "has no field __schema"},
    {"{ findBooks }", "needs a selection"},
    {"{ findBooks { items } }", "needs a selection"},
    {"{ findBooks { items { id { x } } } }", "has no fields"},
    {"{ findBooks { items { author { name { x } } } } }", "has no fields"},
    // 5.3.2 fields that cannot be merged
    {"{ a: __typename a: findBooks { items { id } } }", "differ in their"},
    {"{ findBooks(limit: 1) { items { id } } findBooks(limit: 2) { items { id } } }", "differ in their arguments"},
    {"{ findBooks(limit: 1) { items { id } } findBooks { items { id } } }", "differ in their arguments"},
    {"query($a: Int! = 1) { findBooks(limit: $a) { items { id } } findBooks(limit: 1) { items { id } } }", "arguments"},
    {"{ findBooks { items { a: id } } findBooks { items { a: title } } }", "differ in their"},
    {"{ findBooks { ...F items { a: title } } } fragment F on BookPage { items { a: genre } }", "differ in their"},
    {"{ getBook(id: \"01234567-89ab-7def-8123-000000000001\") { ... on Book { a: copies } ... on BookNotFoundError "
     "{ a: code } } }",
     "differ in their types"},
    {"{ getBook(id: \"01234567-89ab-7def-8123-000000000001\") { ... on Error { a: code } ... on BookNotFoundError "
     "{ a: message } } }",
     "differ in their names"},
    // 5.4 arguments
    {"{ findBooks(pages: 1) { items { id } } }", "There is no argument pages of the field findBooks."},
    {"{ findBooks(limit: 1, limit: 1) { items { id } } }", "The argument limit is given twice."},
    {"{ getBook { __typename } }", "The argument id of the field getBook is required."},
    {"{ getBook(id: null) { __typename } }", "must not be null"},
    {"{ __typename @skip }", "The argument if of the directive @skip is required."},
    // 5.5 fragments
    {"{ ...F ...F } fragment F on Query { __typename } fragment F on Query { __typename }", "several fragments F"},
    {"{ ...F }", "There is no fragment F."},
    {"{ ... on Nothing { a } }", "There is no type Nothing."},
    {"{ ... on Genre { a } }", "cannot be on Genre"},
    {"{ ... on AuthorInput { name } }", "cannot be on AuthorInput"},
    {"{ ...F } fragment F on Int { a }", "cannot be on Int"},
    {"{ __typename } fragment F on Query { __typename }", "The fragment F is not used."},
    {"{ __typename } fragment F on Query { ...G } fragment G on Query { __typename }", "The fragment G is not used."},
    {"{ ...F } fragment F on Query { ...F }", "The fragment F contains itself."},
    {"{ ...F } fragment F on Query { ...G } fragment G on Query { ...H } fragment H on Query { ...F }",
     "contains itself"},
    {"{ ... on Book { id } }", "A value of Query is never of Book."},
    {"{ findBooks { items { ...F } } } fragment F on Author { name }", "A value of Book is never of Author."},
    {"{ getBook(id: \"01234567-89ab-7def-8123-000000000001\") { ... on BookTakenError { code } } }", "is never of"},
    // 5.6 values
    {"{ findBooks(limit: \"1\") { items { id } } }", "The value is no Int."},
    {"{ findBooks(limit: 1.0) { items { id } } }", "The value is no Int."},
    {"{ findBooks(limit: 2147483648) { items { id } } }", "The value is no Int."},
    {"{ findBooks(limit: null) { items { id } } }", "must not be null"},
    {"{ findBooks(title: 7) { items { id } } }", "The value is no String."},
    {"{ findBooks(title: [\"a\"]) { items { id } } }", "The value is no String."},
    {"{ findBooks(genre: drama) { items { id } } }", "is no value of the enum Genre"},
    {"{ findBooks(genre: \"novel\") { items { id } } }", "is no value of the enum Genre"},
    {"{ getBook(id: \"7\") { __typename } }", "The value is no UUID."},
    {"{ getBook(id: 7) { __typename } }", "The value is no UUID."},
    {"{ echo(boolean: 1) { text } }", "The value is no Boolean."},
    {"{ echo(number: \"1\") { text } }", "The value is no Float."},
    {"mutation { addBook(title: \"a\", copies: 9223372036854775808, editors: []) { __typename } }", "no Long"},
    {"mutation { addBook(title: \"a\", copies: \"1x\", editors: []) { __typename } }", "The value is no Long."},
    {"mutation { addBook(title: \"a\", editors: [{}]) { __typename } }", "The field name of AuthorInput is required."},
    {"mutation { addBook(title: \"a\", editors: [null]) { __typename } }", "must not be null"},
    {"mutation { addBook(title: \"a\", editors: [{name: \"b\", height: 1}]) { __typename } }", "has no field height"},
    {"mutation { addBook(title: \"a\", editors: [{name: \"b\", name: \"c\"}]) { __typename } }", "given twice"},
    {"mutation { addBook(title: \"a\", editors: [7]) { __typename } }", "The value is no AuthorInput."},
    {"mutation { buy(price: 1, payment: {}) { __typename } }", "exactly one field"},
    {"mutation { buy(price: 1, payment: {card: null}) { __typename } }", "exactly one field"},
    {"mutation { buy(price: 1, payment: {card: {number: \"1\"}, transfer: {account: \"1\"}}) { __typename } }",
     "exactly one field"},
    {"mutation { buy(price: 1, payment: {cash: {}}) { __typename } }", "has no field cash"},
    {"mutation { buy(price: true, payment: {card: {number: \"1\"}}) { __typename } }", "The value is no Decimal."},
    {"mutation { buy(price: 1, payment: {card: {number: \"1\"}}, notes: [1]) { __typename } }", "is no object"},
    {"query($a: Int = \"b\") { findBooks(limit: $a) { items { id } } }", "The value is no Int."},
    // 5.7 directives
    {"{ __typename @nothing }", "There is no directive @nothing."},
    {"query @skip(if: true) { __typename }", "may not be used here"},
    {"{ __typename @deprecated }", "may not be used here"},
    {"query($a: Int! = 1 @skip(if: true)) { findBooks(limit: $a) { items { id } } }", "may not be used here"},
    {"fragment F on Query @include(if: true) { __typename } { ...F }", "may not be used here"},
    {"{ __typename @skip(if: true) @skip(if: true) }", "may be used once"},
    {"{ __typename @skip(if: 1) }", "The value is no Boolean."},
    // 5.8 variables
    {"query($a: Int!, $a: Int!) { findBooks(limit: $a) { items { id } } }", "defined twice"},
    {"query($a: Nothing) { findBooks(title: $a) { items { id } } }", "There is no type Nothing."},
    {"query($a: Book) { findBooks(title: $a) { items { id } } }", "which is no input"},
    {"{ findBooks(limit: $a) { items { id } } }", "The variable $a is not defined."},
    {"query A { ...F } fragment F on Query { findBooks(limit: $a) { items { id } } }",
     "The variable $a is not defined."},
    {"query($a: Int) { __typename }", "The variable $a is not used."},
    {"query($a: Int) { ...F } fragment F on Query { __typename }", "The variable $a is not used."},
    {"query($a: String) { findBooks(limit: $a) { items { id } } }", "is used where Int! is expected"},
    {"query($a: UUID) { getBook(id: $a) { __typename } }", "is used where UUID! is expected"},
    {"query($a: UUID = null) { getBook(id: $a) { __typename } }", "must not be null|is used where UUID! is expected"},
    {"query($a: [String]) { findBooks(title: $a) { items { id } } }", "is used where String is expected"},
    {"mutation($a: AuthorInput!) { addBook(title: \"a\", editors: $a) { __typename } }",
     "is used where [AuthorInput!]!"},
    {"mutation($a: [AuthorInput]!) { addBook(title: \"a\", editors: $a) { __typename } }", "is used where"},
    {"query($a: Boolean) { __typename @skip(if: $a) }", "is used where Boolean! is expected"},
    {"mutation($a: CardInput) { buy(price: 1, payment: {card: $a}) { __typename } }", "is used where CardInput"},
};

TEST_F(GraphqlValidation, RefusesWhatTheRulesForbid) {
  for (const Case& each : forbidden) {
    const std::string found = messages(each.source);
    std::string_view expected = each.message;
    if (const auto bar = expected.find('|'); bar != expected.npos) expected.remove_prefix(bar + 1);
    EXPECT_THAT(found, HasSubstr(std::string(expected))) << each.source;
  }
}

TEST_F(GraphqlValidation, AcceptsWhatTheRulesAllow) {
  const std::vector<const char*> sources = {
      "{ __typename }",
      "query A { __typename } query B { __typename } mutation C { removeBooks { done } }",
      "{ __schema { types { name } } __type(name: \"Book\") { name fields(includeDeprecated: true) { name } } }",
      "{ findBooks { items { id, title, author { name, age }, editors { name } }, pagination { total } } }",
      "{ a: findBooks { items { id } } b: findBooks(limit: 5, title: null, genre: poem) { items { id } } }",
      "{ findBooks { items { id } } findBooks { items { id title } ...F } } fragment F on BookPage { items { genre } }",
      "{ getBook(id: \"01234567-89ab-7def-8123-000000000001\") { __typename ... on Book { a: title } "
      "... on BookNotFoundError { a: code } ... on Error { message faults { path } } } }",
      "query($a: Int) { findBooks(limit: $a) { items { id } } }",
      "query($a: UUID = \"01234567-89ab-7def-8123-000000000001\") { getBook(id: $a) { __typename } }",
      "query($a: Int! = 3 $b: Boolean!) { findBooks(limit: $a) { items @include(if: $b) { id } } }",
      "mutation { addBook(title: \"a\", copies: 9223372036854775807, editors: {name: \"b\"}) { __typename } }",
      "mutation { addBook(title: \"a\", copies: \"9223372036854775807\", editors: [{name: \"b\", age: null}]) { "
      "__typename } }",
      "mutation($a: [AuthorInput!]!, $k: String) { addBook(title: \"a\", editors: $a, idempotencyKey: $k) { __typename "
      "} }",
      "mutation($a: String!) { addBook(title: \"a\", editors: [{name: $a}]) { __typename } }",
      "mutation($a: CardInput!, $n: String) { buy(price: \"1.00\", payment: {card: $a}, notes: {a: [1, {b: $n}]}) { "
      "__typename } }",
      "mutation { buy(price: 1.5, payment: {transfer: {account: \"1\", fast: true}}) { ... on Receipt { payment { "
      "... on Card { number } } } ... on Refused { reason } } }",
      "{ echo(number: 1, small: -5, text: \"\"\"block\"\"\", boolean: true) { number small text boolean } }",
      "{ ...F } fragment F on Query { ...G } fragment G on Query { ... { ... on Query { __typename } } }",
  };
  for (const char* source : sources) EXPECT_EQ(messages(source), "") << source;
}

TEST_F(GraphqlValidation, NamesThePlaces) {
  const auto errors = errors_of("{\n  findBooks(limit: 1) { items { id } }\n  findBooks(limit: 2) { items { id } }\n}");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].locations, (std::vector<Location>{{2, 3}, {3, 3}}));
  EXPECT_EQ(errors[0].code.name, "graphql.validation_failed");
  EXPECT_EQ(errors_of("{ a }")[0].locations, (std::vector<Location>{{1, 3}}));
}

// A document of a few hundred bytes that stands for 2^40 fields.
TEST_F(GraphqlValidation, RefusesFragmentsThatMultiply) {
  std::string source = "{ findBooks { items { ...F0 } } }";
  for (int i = 0; i < 40; ++i) {
    const std::string next = "...F" + std::to_string(i + 1);
    source +=
        "fragment F" + std::to_string(i) + " on Book { a: author { name } " + next + " ... on Book { " + next + " } }";
  }
  source += "fragment F40 on Book { id }";
  EXPECT_EQ(messages(source), "At most 5000 fields may be selected, fragments expanded.\n");
}

TEST_F(GraphqlValidation, KeepsItsLimits) {
  EXPECT_EQ(messages("{ findBooks { items { author { name } } } }", {.depth_max = 3}),
            "Fields may be nested at most 3 deep.\n");
  EXPECT_EQ(messages("{ findBooks { items { ...F } } } fragment F on Book { author { name } }", {.depth_max = 3}),
            "Fields may be nested at most 3 deep.\n");
  EXPECT_EQ(messages("{ a: __typename b: __typename }", {.fields_max = 1}),
            "At most 1 fields may be selected, fragments expanded.\n");
  EXPECT_EQ(messages("{ findBooks { items { author { name } } } }", {.depth_max = 4, .fields_max = 4}), "");
}

}  // namespace
}  // namespace ashlar::graphql
