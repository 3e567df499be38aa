// SPDX-License-Identifier: Apache-2.0
#include "cli/typescript/client_source.hpp"

#include "cli/typescript/schema_types.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::cli {

namespace dom = simdjson::dom;

namespace {

constexpr std::string_view prefix = "types.";
constexpr std::string_view head =
    "// SPDX-License-Identifier: Apache-2.0\n// Written by `ashlar client typescript`; do not edit.\n";

std::optional<dom::element> find(dom::element of, std::string_view pointer) {
  dom::element out;
  if (of.at_pointer(pointer).get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}
dom::element required_member(dom::element of, std::string_view name) {
  const auto found = member(of, name);
  if (!found) throw UnsupportedDescription("no member " + std::string(name));
  return *found;
}
std::string text(dom::element of, std::string_view name) {
  const auto found = member(of, name);
  return found ? std::string(std::string_view(*found)) : std::string();
}

using Names = std::vector<std::string>;
bool contains(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

enum class Body : std::uint8_t { none, optional, required };

struct Operation {
  std::string name;
  std::string method;  // upper case
  std::string path;
  std::string comment = {};
  std::string input = {};  // its type; empty when it takes none
  std::string reply = {};
  Names query = {};
  Names codes = {};
  Body body = Body::none;
  bool input_may_be_absent = true;
  bool takes_idempotency_key = false;
  bool is_bare = false;  // the reply is the body, without `data` around it
};

Names property_names(dom::element document, dom::element schema) {
  if (const auto reference = member(schema, "$ref")) {
    const auto of = find(document, std::string_view(*reference).substr(1));
    if (!of) throw UnsupportedDescription("a reference to nothing");
    return property_names(document, *of);
  }
  if (!member(schema, "properties")) throw UnsupportedDescription("a body that is no object of named members");
  Names out;
  for (const auto& [name, value] : dom::object(*member(schema, "properties"))) out.emplace_back(name);
  return out;
}

void read_input(dom::element document, dom::element described, Operation& out) {
  std::string parameters;
  Names names;
  if (const auto all = member(described, "parameters")) {
    for (const dom::element each : dom::array(*all)) {
      const std::string name = text(each, "name"), in = text(each, "in");
      if (in == "header" && name == "Idempotency-Key") out.takes_idempotency_key = true;
      if (in != "path" && in != "query") continue;  // browsers send cookies by themselves
      const auto required = member(each, "required");
      const bool is_required = required && bool(*required);
      if (is_required) out.input_may_be_absent = false;
      if (in == "query") out.query.push_back(name);
      names.push_back(name);
      parameters += (parameters.empty() ? "" : "; ") + typescript_member(name) + (is_required ? ": " : "?: ") +
                    typescript_type(required_member(each, "schema"), prefix);
    }
  }
  if (!parameters.empty()) out.input = "{ " + parameters + " }";
  const auto body = member(described, "requestBody");
  if (!body) return;
  const auto schema = find(*body, "/content/application~1json/schema");
  if (!schema) throw UnsupportedDescription("a body that is not JSON");
  for (const std::string& name : property_names(document, *schema))
    if (contains(names, name)) throw UnsupportedDescription("a parameter with the name of a member: " + name);
  const auto required = member(*body, "required");
  out.body = required && bool(*required) ? Body::required : Body::optional;
  if (out.body == Body::required) out.input_may_be_absent = false;
  out.input += (out.input.empty() ? "" : " & ") + typescript_type(*schema, prefix);
}

// False when a success is not JSON.
bool read_reply(dom::element response, Operation& out) {
  const auto content = member(response, "content");
  std::string type = "{ data: undefined }";
  if (content) {
    const auto schema = find(*content, "/application~1json/schema");
    if (!schema) return false;
    type = typescript_type(*schema, prefix);
    out.is_bare = !find(*schema, "/properties/data");
    if (out.is_bare) type = "{ data: " + type + " }";
  }
  if (out.reply != type) out.reply += (out.reply.empty() ? "" : " | ") + type;
  return true;
}

void read_codes(dom::element document, dom::element response, Operation& out) {
  if (const auto reference = member(response, "$ref")) {
    const auto of = find(document, std::string_view(*reference).substr(1));
    if (!of) throw UnsupportedDescription("a reference to nothing");
    return read_codes(document, *of, out);
  }
  const auto codes = find(response, "/content/application~1problem+json/schema/allOf/1/properties/code/enum");
  if (!codes) return;
  for (const dom::element code : dom::array(*codes))
    if (std::string name(std::string_view{code}); !contains(out.codes, name)) out.codes.push_back(std::move(name));
}

std::optional<Operation> read_operation(dom::element document, std::string_view path, std::string_view method,
                                        dom::element described) {
  Operation out{.name = text(described, "operationId"), .method = std::string(method), .path = std::string(path)};
  if (typescript_member(out.name) != out.name)
    throw UnsupportedDescription("an operation is called " + typescript_text(out.name));
  for (char& c : out.method) c = static_cast<char>(c - ('a' - 'A'));
  const std::string summary = text(described, "summary"), more = text(described, "description");
  out.comment = summary + (summary.empty() ? "" : ". ") + more + (more.empty() ? "" : " ") + "`" + out.method + " " +
                out.path + "`";
  read_input(document, described, out);
  for (const auto& [status, response] : dom::object(required_member(described, "responses"))) {
    if (status.starts_with('2') && !read_reply(response, out)) return std::nullopt;
    if (status.starts_with('4') || status.starts_with('5')) read_codes(document, response, out);
  }
  return out;
}

std::vector<Operation> read_operations(dom::element document) {
  std::vector<Operation> out;
  for (const auto& [path, methods] : dom::object(required_member(document, "paths"))) {
    for (const auto& [method, described] : dom::object(methods)) {
      const Names all{"get", "head", "post", "put", "patch", "delete"};
      if (!contains(all, method)) continue;
      if (auto operation = read_operation(document, path, method, described)) out.push_back(std::move(*operation));
    }
  }
  return out;
}

// The codes that every operation has are written once.
Names take_common_codes(std::vector<Operation>& operations) {
  Names common = operations.empty() ? Names{} : operations.front().codes;
  for (const Operation& each : operations)
    std::erase_if(common, [&](const std::string& code) { return !contains(each.codes, code); });
  for (Operation& each : operations)
    std::erase_if(each.codes, [&](const std::string& code) { return contains(common, code); });
  return common;
}

// Those of more than a quarter of the operations: of requests, sessions and the database.
Names usual_codes(const std::vector<Operation>& operations) {
  std::map<std::string, std::size_t> counts;
  for (const Operation& each : operations)
    for (const std::string& code : each.codes) ++counts[code];
  Names out;
  for (const auto& [code, count] : counts)
    if (count * 4 > operations.size()) out.push_back(code);
  return out;
}

std::string list(const Names& names) {
  std::string out = "[";
  for (const std::string& name : names) out.append(out.size() > 1 ? ", " : "").append(typescript_text(name));
  return out + "]";
}

std::string table(const std::vector<Operation>& operations) {
  std::string out = "const operations = {\n";
  for (const Operation& each : operations) {
    out += "  " + each.name + ": {\n    method: " + typescript_text(each.method) +
           ", path: " + typescript_text(each.path) + ", takesInput: " + (each.input.empty() ? "false" : "true");
    if (each.body != Body::none) {
      out.append(each.body == Body::required ? R"(, body: "required")" : R"(, body: "optional")");
      if (!each.query.empty()) out += ", query: " + list(each.query);
    }
    if (each.takes_idempotency_key) out += ", idempotencyKey: true";
    if (each.is_bare) out += ", bare: true";
    out += ",\n    codes: " + list(each.codes) + ",\n  },\n";
  }
  return out + "} as const satisfies Record<string, OperationEntry>;\n";
}

std::string signatures(const std::vector<Operation>& operations) {
  std::string out = "export interface Operations {\n";
  for (const Operation& each : operations)
    out += "  " + each.name + ": { input: " + (each.input.empty() ? "Record<string, never>" : each.input) +
           "; reply: " + each.reply + " };\n";
  out += "}\n\n/** A function for each operation. */\nexport interface Api {\n";
  for (const Operation& each : operations) {
    const std::string name = typescript_text(each.name);
    out += typescript_comment(each.comment, "  ") + "  " + each.name + "(";
    if (!each.input.empty())
      out.append("input").append(each.input_may_be_absent ? "?" : "").append(": Input<" + name + ">, ");
    out += "options?: CallOptions): Answer<" + name + ">;\n";
  }
  return out + "}\n";
}

constexpr std::string_view imports = R"(import { Realtime, type RealtimeOptions } from "./realtime.js";
import {
  Caller, type CallOptions, type ClientCode, type ClientOptions, type OperationEntry, type Result,
} from "./runtime.js";
import type * as types from "./types.js";

export type * from "./types.js";
export { ApiError, items, memoryTokens, unwrap } from "./runtime.js";
export type {
  CallOptions, ClientCode, ClientOptions, Failed, Fault, Result, RetryOptions, Succeeded, Tokens, TokenStore,
} from "./runtime.js";
export type {
  ChannelEvent, Handlers, PresenceChange, RealtimeOptions, RealtimeStatus, Subscription, WebSocketConstructor,
} from "./realtime.js";

)";

constexpr std::string_view aliases = R"(
export type OperationName = keyof Operations;
export type Input<Name extends OperationName> = Operations[Name]["input"];
export type Reply<Name extends OperationName> = Operations[Name]["reply"];
/** The codes that every operation may return. */
export type CommonCode = (typeof commonCodes)[number] | ClientCode;
/** What an operation may return: its documented codes and those of the client. */
export type Code<Name extends OperationName> = (typeof operations)[Name]["codes"][number] | CommonCode;
/** The codes of the operation itself, without those that most operations have. */
export type OwnCode<Name extends OperationName> = Exclude<Code<Name>, CommonCode | UsualCode>;
export type Answer<Name extends OperationName> = Promise<Result<Reply<Name>, Code<Name>>>;

)";

constexpr std::string_view client = R"(
export interface Client {
  readonly api: Api;
  /** One WebSocket, which is opened when it is needed and connects again until its close(). */
  realtime(options?: RealtimeOptions): ApiRealtime;
}
export interface ApiRealtime extends Pick<Realtime, "subscribe" | "publish" | "close"> {
  /** Calls an operation over the WebSocket. It is not repeated when the connection is lost; with a key you may. */
  call<Name extends OperationName>(
    name: Name, input: Input<Name>, options?: Pick<CallOptions, "idempotencyKey">,
  ): Answer<Name>;
}

export function createClient(options: ClientOptions): Client {
  const caller = new Caller({ operations, commonCodes, ...session }, options);
  return {
    api: caller.api() as unknown as Api,
    realtime: (chosen) => {
      const made = new Realtime(caller.realtimeBackend(), chosen);
      return {
        subscribe: (...given) => made.subscribe(...given),
        publish: (...given) => made.publish(...given),
        close: () => made.close(),
        call: (name, input, { idempotencyKey } = {}) =>
          made.call(name, input, { bare: "bare" in operations[name], idempotencyKey }) as Answer<typeof name>,
      };
    },
  };
}
)";

// What the runtime does by itself; an API without these operations has no session or no realtime.
std::string session(const std::vector<Operation>& operations) {
  const auto known = [&](std::string_view name) {
    return std::ranges::find(operations, name, &Operation::name) != operations.end();
  };
  Names sign_out;
  for (const char* name : {"logout", "logoutAll", "deleteMe"})
    if (known(name)) sign_out.emplace_back(name);
  return "const session = {\n  refresh: " + std::string(known("refresh") ? "\"refresh\"" : "undefined") +
         ",\n  ticket: " + (known("createRealtimeTicket") ? "\"createRealtimeTicket\"" : "undefined") +
         ",\n  signOut: " + list(sign_out) + ",\n};\n";
}

}  // namespace

TypescriptClient make_typescript_client(std::string_view openapi) try {
  dom::parser parser;
  const dom::element document = parser.parse(openapi);
  if (!text(document, "openapi").starts_with("3.1")) throw UnsupportedDescription("not OpenAPI 3.1");
  std::vector<Operation> operations = read_operations(document);
  const Names common = take_common_codes(operations);
  std::string types(head);
  if (const auto schemas = find(document, "/components/schemas")) types += typescript_declarations(*schemas);
  std::string api(head);
  api.append(imports).append("const commonCodes = ").append(list(common)).append(" as const;\n\n");
  api.append("/** Codes of more than a quarter of the operations. */\nexport type UsualCode =");
  const Names usual = usual_codes(operations);
  for (const std::string& code : usual) api.append("\n  | ").append(typescript_text(code));
  api.append(usual.empty() ? " never;\n\n" : ";\n\n");
  api.append(table(operations)).append("\n").append(session(operations)).append(aliases);
  api.append(signatures(operations)).append(client);
  return {.types = std::move(types), .api = std::move(api)};
} catch (const simdjson::simdjson_error& error) {
  throw UnsupportedDescription(error.what());
}

}  // namespace ashlar::cli
