// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/encoding.hpp"
#include "ashlar/graphql/detail/lexer.hpp"
#include "ashlar/graphql/document.hpp"

#include <array>
#include <utility>

namespace ashlar::graphql {

namespace {

using detail::Token;

// A recursive descent parser. The first error is thrown inside and returned by parse().
class Parser {
 public:
  Parser(std::string_view source, const DocumentLimits& limits) : lexer_(source), limits_(limits) {}

  Document document() {
    advance();
    Document out;
    do {
      definition(out);
    } while (token_.kind != Token::Kind::end);
    return out;
  }

 private:
  enum class Constant : bool { no, yes };

  // Counts a level of nesting while it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      parser.count(parser.nesting_, parser.limits_.nesting_max, "levels of nesting");
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --parser_.nesting_; }

   private:
    Parser& parser_;
  };

  void advance() {
    auto next = lexer_.next();
    if (!next) throw std::move(next.error());
    token_ = std::move(*next);
    if (token_.kind != Token::Kind::end) count(tokens_, limits_.tokens_max, "tokens");
  }
  void count(std::size_t& counter, std::size_t most, std::string_view what) {
    if (++counter > most) {
      throw RequestError{
          .code = errors::limit_exceeded,
          .message = "A document may have at most " + std::to_string(most) + " " + std::string(what) + ".",
          .locations = {token_.at}};
    }
  }
  [[noreturn]] void unexpected(std::string_view expected) const {
    std::string found =
        token_.kind == Token::Kind::end ? "the end of the document" : '"' + token_.text.substr(0, 50) + '"';
    throw RequestError{.code = errors::syntax_error,
                       .message = "Syntax error: expected " + std::string(expected) + ", found " + found + ".",
                       .locations = {token_.at}};
  }

  [[nodiscard]] bool at(std::string_view punctuator) const {
    return token_.kind == Token::Kind::punctuator && token_.text == punctuator;
  }
  [[nodiscard]] bool at_keyword(std::string_view word) const {
    return token_.kind == Token::Kind::name && token_.text == word;
  }
  bool accept(std::string_view punctuator) {
    if (!at(punctuator)) return false;
    advance();
    return true;
  }
  void expect(std::string_view punctuator) {
    if (!accept(punctuator)) unexpected('"' + std::string(punctuator) + '"');
  }
  std::string take() {
    std::string text = std::move(token_.text);
    advance();
    return text;
  }
  std::string name(std::string_view what = "a name") {
    if (token_.kind != Token::Kind::name) unexpected(what);
    return take();
  }

  void definition(Document& out) {
    if (at("{")) {
      out.operations.push_back({.kind = OperationKind::query, .name = {}, .at = token_.at});
      out.operations.back().selections = selections();
      return;
    }
    const bool described = token_.kind == Token::Kind::string;
    if (described) advance();
    if (at_keyword("fragment")) return fragment(out);
    static constexpr std::array<std::string_view, 3> keywords{"query", "mutation", "subscription"};
    for (std::size_t i = 0; i < keywords.size(); ++i)
      if (at_keyword(keywords[i])) return operation(static_cast<OperationKind>(i), out);
    unexpected("an operation or a fragment");
  }

  void operation(OperationKind kind, Document& out) {
    OperationDefinition operation{.kind = kind, .name = {}, .at = token_.at};
    advance();
    if (token_.kind == Token::Kind::name) operation.name = take();
    if (accept("(")) {
      do {
        operation.variables.push_back(variable_definition());
      } while (!accept(")"));
    }
    operation.directives = directives(Constant::no);
    operation.selections = selections();
    out.operations.push_back(std::move(operation));
  }

  void fragment(Document& out) {
    FragmentDefinition fragment{.name = {}, .type_condition = {}, .directives = {}, .selections = {}, .at = token_.at};
    advance();
    if (at_keyword("on")) unexpected("the name of a fragment");
    fragment.name = name("the name of a fragment");
    if (!at_keyword("on")) unexpected("\"on\"");
    advance();
    fragment.type_condition = name("the name of a type");
    fragment.directives = directives(Constant::no);
    fragment.selections = selections();
    out.fragments.push_back(std::move(fragment));
  }

  VariableDefinition variable_definition() {
    if (token_.kind == Token::Kind::string) advance();  // its description
    VariableDefinition out{.name = {}, .type = {}, .default_value = {}, .directives = {}, .at = token_.at};
    expect("$");
    out.name = name();
    expect(":");
    out.type.at = token_.at;
    type(out.type);
    if (accept("=")) out.default_value = value(Constant::yes);
    out.directives = directives(Constant::yes);
    return out;
  }

  // "!" follows the type that it wraps, so the wrappers are written from the inside.
  void type(TypeName& out) {
    const Level level(*this);
    const std::size_t place = out.wrappers.size();
    if (accept("[")) {
      out.wrappers += '[';
      type(out);
      expect("]");
    } else {
      out.name = name("a type");
    }
    if (accept("!")) out.wrappers.insert(place, 1, '!');
  }

  std::vector<Selection> selections() {
    const Level level(*this);
    expect("{");
    std::vector<Selection> out;
    do {
      count(selections_, limits_.selections_max, "selections");
      out.push_back(selection());
    } while (!accept("}"));
    return out;
  }

  Selection selection() {
    Selection out{.kind = Selection::Kind::field, .name = {}, .at = token_.at};
    if (!accept("...")) {
      out.name = name("a field, a fragment or \"}\"");
      if (accept(":")) {
        count(aliases_, limits_.aliases_max, "aliases");
        out.alias = std::exchange(out.name, name());
      }
      out.arguments = arguments(Constant::no);
      out.directives = directives(Constant::no);
      if (at("{")) out.selections = selections();
      return out;
    }
    if (token_.kind == Token::Kind::name && token_.text != "on") {
      out.kind = Selection::Kind::spread;
      out.name = take();
      out.directives = directives(Constant::no);
      return out;
    }
    out.kind = Selection::Kind::inline_fragment;
    if (at_keyword("on")) {
      advance();
      out.type_condition = name("the name of a type");
    }
    out.directives = directives(Constant::no);
    out.selections = selections();
    return out;
  }

  std::vector<Argument> arguments(Constant constant) {
    std::vector<Argument> out;
    if (!accept("(")) return out;
    do {
      Argument argument{.name = {}, .value = {}, .at = token_.at};
      argument.name = name("an argument");
      expect(":");
      argument.value = value(constant);
      out.push_back(std::move(argument));
    } while (!accept(")"));
    return out;
  }

  std::vector<Directive> directives(Constant constant) {
    std::vector<Directive> out;
    while (at("@")) {
      count(directives_, limits_.directives_max, "directives");
      Directive directive{.name = {}, .arguments = {}, .at = token_.at};
      advance();
      directive.name = name();
      directive.arguments = arguments(constant);
      out.push_back(std::move(directive));
    }
    return out;
  }

  Value value(Constant constant) {
    const Level level(*this);
    Value out{.kind = Value::Kind::null, .text = {}, .at = token_.at};
    switch (token_.kind) {
      case Token::Kind::integer:
        out.kind = Value::Kind::integer;
        out.text = take();
        return out;
      case Token::Kind::floating:
        out.kind = Value::Kind::floating;
        out.text = take();
        return out;
      case Token::Kind::string:
        out.kind = Value::Kind::string;
        out.text = take();
        return out;
      case Token::Kind::name:
        out.text = take();
        out.kind = out.text == "true" || out.text == "false" ? Value::Kind::boolean
                   : out.text == "null"                      ? Value::Kind::null
                                                             : Value::Kind::enumeration;
        return out;
      default:
        break;
    }
    if (at("$") && constant == Constant::no) {
      advance();
      out.kind = Value::Kind::variable;
      out.text = name("the name of a variable");
    } else if (accept("[")) {
      out.kind = Value::Kind::list;
      while (!accept("]")) out.items.push_back(value(constant));
    } else if (accept("{")) {
      out.kind = Value::Kind::object;
      while (!accept("}")) object_field(constant, out);
    } else {
      unexpected("a value");
    }
    return out;
  }

  void object_field(Constant constant, Value& out) {
    const Location place = token_.at;
    std::string field = name("a field or \"}\"");
    expect(":");
    out.keys.push_back({.name = std::move(field), .at = place});
    out.items.push_back(value(constant));
  }

  detail::Lexer lexer_;
  const DocumentLimits& limits_;
  Token token_;
  std::size_t tokens_ = 0, nesting_ = 0, selections_ = 0, aliases_ = 0, directives_ = 0;
};

}  // namespace

std::expected<Document, RequestError> parse(std::string_view source, const DocumentLimits& limits) {
  const Location begin{.line = 1, .column = 1};
  if (source.size() > limits.bytes_max) {
    return std::unexpected(
        RequestError{.code = errors::limit_exceeded,
                     .message = "A document may have at most " + std::to_string(limits.bytes_max) + " bytes.",
                     .locations = {begin}});
  }
  if (!is_utf8(source))
    return std::unexpected(RequestError{
        .code = errors::syntax_error, .message = "Syntax error: the document is not UTF-8.", .locations = {begin}});
  try {
    return Parser(source, limits).document();
  } catch (RequestError& error) {
    return std::unexpected(std::move(error));
  }
}

}  // namespace ashlar::graphql
