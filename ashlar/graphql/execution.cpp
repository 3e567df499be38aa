// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/execution.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/graphql/detail/completion.hpp"
#include "ashlar/graphql/detail/introspection.hpp"
#include "ashlar/graphql/detail/validator.hpp"
#include "ashlar/schema/json.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace ashlar::graphql {

namespace {

constexpr std::string_view key_argument = "idempotencyKey";

std::string text_or_null(const std::optional<std::string>& text) {
  std::string out;
  if (!text) return "null";
  schema::write_json_string(*text, out);
  return out;
}

// A reply as the types of the schema have it.
std::string reply_json(const api::ClientReply& reply) {
  using Kind = api::ReplyShape::Kind;
  if (reply.kind == Kind::none) return R"({"done":true})";
  if (reply.kind != Kind::page) return reply.json;
  std::string out = R"({"items":)" + reply.json + R"(,"pagination":{"limit":)" + std::to_string(reply.limit);
  if (reply.cursors) {
    out += R"(,"next":)" + text_or_null(reply.cursors->next);
    out += R"(,"previous":)" + text_or_null(reply.cursors->previous);
  } else {
    const std::int64_t pages = reply.limit > 0 ? (reply.total + reply.limit - 1) / reply.limit : 0;
    out += R"(,"page":)" + std::to_string(reply.page) + R"(,"total":)" + std::to_string(reply.total);
    out += R"(,"pages":)" + std::to_string(pages) + R"(,"totalIsExact":)";
    out += reply.total_kind == api::TotalKind::exact ? "true" : "false";
  }
  return out + "}}";
}

// One field of Query or Mutation while it is executed.
struct RootField {
  const detail::FieldGroup& group;
  const FieldDefinition& definition;
  std::string idempotency_key{};
  std::string data{};
  detail::ResponseErrors errors{};
};

class Executor {
 public:
  explicit Executor(Execution& execution)
      : execution_(execution), collector_(execution.document, execution.types, execution.variables) {}

  Task<std::string> run() {
    const NamedType& root = *detail::root_type(execution_.operation.kind, execution_.types);
    for (const detail::FieldGroup& group : collector_.root(execution_.operation, root)) {
      fields_.push_back(
          {.group = group, .definition = *detail::field_of(root, group.fields.front()->name, execution_.types)});
    }
    const auto takes_key = [](const RootField& field) { return takes_idempotency_key(field.definition); };
    if (std::ranges::count_if(fields_, takes_key) == 1)
      std::ranges::find_if(fields_, takes_key)->idempotency_key = execution_.caller.idempotency_key;
    if (execution_.operation.kind == OperationKind::query && fields_.size() > 1) {
      const LoopExecutor loop = co_await boost::asio::this_coro::executor;
      async::TaskScope scope(loop.context());
      for (RootField& field : fields_) scope.start(execute_field(this, &field));
      co_await scope.join();
    } else {
      for (RootField& field : fields_) co_await execute_field(this, &field);
    }
    co_return response();
  }

 private:
  static bool takes_idempotency_key(const FieldDefinition& field) {
    return field.endpoint != nullptr && field.endpoint->endpoint->idempotency == api::Endpoint::Idempotency::taken;
  }

  static Task<> execute_field(Executor* self, RootField* field) {
    field->errors.enter(field->group.response_name);
    if (field->definition.endpoint == nullptr) {
      self->introspect(*field);
      co_return;
    }
    const auto input = self->input_of(*field);
    if (!input) {
      self->fail(*field, Error(errors::variables_invalid, input.error()));
      co_return;
    }
    api::Caller caller = self->execution_.caller;
    caller.idempotency_key = field->idempotency_key;
    auto reply = co_await self->execution_.client.call(field->definition.name, *input, std::move(caller));
    if (reply) {
      self->complete(*field, reply_json(*reply));
    } else {
      self->fail(*field, reply.error());
    }
  }

  // The arguments as the operation's input, in JSON.
  std::expected<std::string, std::string> input_of(RootField& field) const {
    std::string members;
    for (const Argument& argument : field.group.fields.front()->arguments) {
      const auto definition = std::ranges::find(field.definition.arguments, argument.name, &InputValue::name);
      std::string value;
      const auto written = detail::write_literal(argument.value, definition->type, execution_.variables, value);
      if (!written) return std::unexpected(written.error());
      if (*written == detail::Written::absent) {
        if (definition->is_required()) return std::unexpected("The argument " + argument.name + " is required.");
        continue;
      }
      if (argument.name == key_argument && takes_idempotency_key(field.definition)) {
        if (value != "null") field.idempotency_key = schema::read_json<std::string>(value).value_or("");
        continue;
      }
      members += members.empty() ? "" : ",";
      schema::write_json_string(argument.name, members);
      members.append(":").append(value);
    }
    return '{' + members + '}';
  }

  void introspect(RootField& field) {
    const std::vector<const Selection*>& selections = field.group.fields;
    const Selection& first = *selections.front();
    detail::Introspection introspection(collector_, execution_.types);
    if (first.name == "__typename") {
      const OperationKind kind = execution_.operation.kind;
      schema::write_json_string(detail::root_type(kind, execution_.types)->name, field.data);
    } else if (first.name == "__schema") {
      introspection.append_schema(selections, field.data);
    } else {
      std::string name;
      const auto written = detail::write_literal(first.arguments.front().value, field.definition.arguments[0].type,
                                                 execution_.variables, name);
      if (!written) return fail(field, Error(errors::variables_invalid, written.error()));
      introspection.append_type(schema::read_json<std::string>(name).value_or(""), selections, field.data);
    }
  }

  void complete(RootField& field, const std::string& json) {
    const detail::JsonTree tree(json);
    detail::Completion completion(collector_, execution_.types, field.errors);
    (void)completion.value(field.definition.type, field.group.fields, tree.root(), field.data);
  }

  // A declared error is a value of the field; any other one is in the response's errors.
  void fail(RootField& field, const Error& error) {
    const auto& possible = field.definition.type.named->possible;
    const auto declared =
        std::ranges::find_if(possible, [&](const NamedType* each) { return each->error_code == error.code().name; });
    if (declared == possible.end()) {
      field.errors.add(error, field.group.fields);
      field.data = "null";
      return;
    }
    const std::string json = detail::error_json(error);
    const detail::JsonTree tree(json);
    detail::Completion completion(collector_, execution_.types, field.errors);
    (void)completion.object(**declared, field.group.fields, tree.root(), field.data);
  }

  [[nodiscard]] std::string response() const {
    std::string errors, data = "{";
    for (const RootField& field : fields_) {
      for (const std::string& error : field.errors.all()) errors.append(errors.empty() ? "" : ",").append(error);
      detail::append_key(field.group.response_name, data);
      data += field.data;
    }
    const std::string before = errors.empty() ? "{" : R"({"errors":[)" + errors + "],";
    return before + R"("data":)" + data + "}}";
  }

  Execution& execution_;
  detail::FieldCollector collector_;
  std::deque<RootField> fields_;
};

}  // namespace

std::expected<const OperationDefinition*, RequestError> select_operation(const Document& document,
                                                                         std::string_view name) {
  const auto refuse = [](std::string message) {
    return std::unexpected(RequestError{.code = errors::operation_unknown, .message = std::move(message)});
  };
  if (name.empty()) {
    if (document.operations.empty()) return refuse("The document has no operation.");
    if (document.operations.size() > 1) return refuse("The document has several operations: send operationName.");
    return &document.operations.front();
  }
  const auto found = std::ranges::find(document.operations, name, &OperationDefinition::name);
  if (found == document.operations.end()) return refuse("The document has no operation of that name.");
  return &*found;
}

Task<std::string> execute(Execution execution) {
  Executor executor(execution);
  co_return co_await executor.run();
}

}  // namespace ashlar::graphql
