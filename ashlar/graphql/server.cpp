// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/server.hpp"

#include "ashlar/graphql/detail/completion.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::graphql {

namespace {

// The first field of introspection but __typename; null: there is none.
const Selection* find_introspection(const std::vector<Selection>& selections) {
  for (const Selection& selection : selections) {
    const bool is_field = selection.kind == Selection::Kind::field;
    if (is_field && (selection.name == "__schema" || selection.name == "__type")) return &selection;
    if (const Selection* inner = find_introspection(selection.selections)) return inner;
  }
  return nullptr;
}

const Selection* find_introspection(const Document& document) {
  for (const OperationDefinition& operation : document.operations)
    if (const Selection* found = find_introspection(operation.selections)) return found;
  for (const FragmentDefinition& fragment : document.fragments)
    if (const Selection* found = find_introspection(fragment.selections)) return found;
  return nullptr;
}

Answer refusal(const std::vector<RequestError>& errors) {
  Answer out{.kind = Answer::Kind::refused, .body = R"({"errors":[)"};
  for (const RequestError& error : errors)
    out.body.append(out.body.ends_with('[') ? "" : ",").append(detail::error_json(error));
  out.body += "]}";
  return out;
}
Answer refusal(RequestError error) { return refusal(std::vector{std::move(error)}); }

}  // namespace

void Server::serve(const api::Api& api) {
  types_.emplace(api);
  client_.emplace(api);
}

Task<Answer> Server::answer(ServerRequest request, Allowed allowed, api::Caller caller) const {
  if (!client_) throw std::logic_error("graphql::Server answers after serve()");
  auto document = parse(request.query, options_.document);
  if (!document) co_return refusal(std::move(document.error()));
  if (options_.introspection == ServerOptions::Introspection::off) {
    if (const Selection* found = find_introspection(*document))
      co_return refusal(RequestError{.code = errors::validation_failed,
                                     .message = "Introspection is off: " + found->name + " cannot be read.",
                                     .locations = {found->at}});
  }
  const std::vector<RequestError> invalid = validate(*document, *types_, options_.complexity);
  if (!invalid.empty()) co_return refusal(invalid);
  auto operation = select_operation(*document, request.operation_name);
  if (!operation) co_return refusal(std::move(operation.error()));
  if (allowed == Allowed::queries && (*operation)->kind != OperationKind::query) {
    Answer out = refusal(RequestError{
        .code = errors::mutation_by_get, .message = "Send a mutation with POST.", .locations = {(*operation)->at}});
    out.kind = Answer::Kind::mutation_by_get;
    co_return out;
  }
  const auto variables = detail::read_variables(**operation, *types_, request.variables);
  if (!variables) co_return refusal(variables.error());
  auto cost = cost_of(*document, **operation, *types_, *variables, options_.complexity);
  if (!cost) co_return refusal(std::move(cost.error()));
  caller.transport = "graphql";
  co_return Answer{.body = co_await execute({.document = *document,
                                             .operation = **operation,
                                             .types = *types_,
                                             .client = *client_,
                                             .variables = *variables,
                                             .caller = std::move(caller)})};
}

}  // namespace ashlar::graphql
