// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "ashlar/web/stream_reply.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>

// An operation: a function from a described struct to a described struct.
//
//   Task<Result<Created<User>>> sign_up(Context& ctx, SignUp in, Users& users);
//
// Parameters, in this order: the context; the input by value, or nothing; then the services it needs, by reference,
// handed over with the route and living as long as the server. It returns Result<...>, or a Task of one when it waits
// for something. What it returns: see reply.hpp. An operation knows nothing of HTTP, so every face can call it.
namespace ashlar::web {

struct NoInput {};
ASHLAR_DESCRIBE(NoInput)

// How a face hands in the input and takes the reply. Implemented by the HTTP face (exchange.hpp, http_reply.hpp) and by
// later ones.
class InputSource {
 public:
  virtual Task<Result<>> read(const schema::Type& type, void* value) = 0;
  // The same without waiting, when everything is here already: the usual case. nullopt: nothing was done, use read().
  virtual std::optional<Result<>> try_read(const schema::Type& type, void* value) = 0;

 protected:
  ~InputSource() = default;
};

struct ReplyShape {
  enum class Kind : unsigned char { none, data, created, accepted, page, bare, events, rows } kind = Kind::none;
  const schema::Type* type = nullptr;  // of the value, or of the items of a page or a stream; null for none
  [[nodiscard]] bool streams() const { return kind == Kind::events || kind == Kind::rows; }
};

struct ReplyView {
  ReplyShape shape;
  const void* value = nullptr;  // the value, or the array of items (with shape.type's array type in items_type)
  const schema::Type* items_type = nullptr;
  std::int64_t page = 0, limit = 0, total = 0;
  int status = 0;                    // of a bare reply
  ItemProducer* producer = nullptr;  // of a stream, to be moved from
};

class ReplySink {
 public:
  virtual void write(const ReplyView& reply) = 0;

 protected:
  ~ReplySink() = default;
};

// The type-erased operation that routes, GraphQL fields and gRPC methods share.
class Operation {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;

  [[nodiscard]] virtual const schema::Type& input() const = 0;
  [[nodiscard]] virtual ReplyShape reply() const = 0;
  // Reads the input, runs, and writes the reply. `owner_of` (may be empty) says whose the value is: when the caller is
  // neither that nor an admin, the value is withheld and auth.forbidden returned.
  using OwnerOf = std::function<Uuid(const void* value)>;
  virtual Task<Result<>> call(Context& context, InputSource& input, ReplySink& reply, const OwnerOf& owner_of) = 0;
  // The same without waiting, where neither the input nor the function has to: such an operation needs no coroutine.
  // nullopt: nothing was done, use call().
  virtual std::optional<Result<>> try_call(Context& context, InputSource& input, ReplySink& reply,
                                           const OwnerOf& owner_of) = 0;
};

}  // namespace ashlar::web

#include "ashlar/web/detail/typed_operation.hpp"  // IWYU pragma: export
