// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

// The part of a TypeScript client that depends on the API; runtime.ts and realtime.ts are the rest.
namespace ashlar::cli {

struct TypescriptClient {
  std::string types;  // types.ts: a type for each component
  std::string api;    // api.ts: the operations, their inputs, replies and error codes, and createClient()
};

// A document that is not OpenAPI 3.1, or that uses what has no type here. Better than a wrong type.
class UnsupportedDescription : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// From an OpenAPI 3.1 document as ashlar::web writes it: an input of one flat object for each operation, `data` around
// replies, and the codes of errors as enumerations. The same text for the same document. Operations that answer with
// another media type than JSON are left out. Throws UnsupportedDescription for a document that it cannot express, such
// as one in which a path parameter and a member of the body have the same name.
[[nodiscard]] TypescriptClient make_typescript_client(std::string_view openapi);

// The files of every client, embedded.
[[nodiscard]] std::string typescript_runtime();
[[nodiscard]] std::string typescript_realtime();

}  // namespace ashlar::cli
