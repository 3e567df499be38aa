// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/stream.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/schema/constraints.hpp"

#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>

// An operation: a function from a described struct to a described struct.
//
//   Task<Result<Created<User>>> sign_up(Call& call, SignUp in, Users& users);
//   Task<Result<User>> me(UserCall& call, Users& users);
//
// Parameters, in this order: the call (a UserCall& when the guard guarantees a signed-in caller); the input by value,
// if any; the services that it needs, by reference, which outlive the server. It returns a Result<...>, or a Task of
// one when it awaits something. reply.hpp and stream.hpp list the reply types. An operation is independent of the
// transport, so every transport can serve it.
namespace ashlar::api {

struct NoInput {};
ASHLAR_DESCRIBE(NoInput)

// The transport's source of the input. On the call's frame.
class InputSource {
 public:
  // Reads and validates the input into `value`, a default-constructed object of `type`. The error is the caller's
  // answer, with all faults of the input.
  virtual Task<Result<>> read(const schema::Type& type, void* value) = 0;
  // The same without waiting. nullopt: nothing was read, await read().
  virtual std::optional<Result<>> try_read(const schema::Type& type, void* value) = 0;

 protected:
  ~InputSource() = default;
};

struct ReplyShape {
  enum class Kind : unsigned char { none, data, created, accepted, page, bare, events, rows } kind = Kind::none;
  const schema::Type* type = nullptr;  // of the value, or of the items of a page or a stream; null for none
  enum class StoresCredentials : unsigned char { no, yes } credentials = StoresCredentials::no;
  [[nodiscard]] bool streams() const { return kind == Kind::events || kind == Kind::rows; }
};

struct ReplyView {
  ReplyShape shape;
  const void* value = nullptr;  // the value, or the array of items (of items_type)
  const schema::Type* items_type = nullptr;
  std::int64_t page = 0, limit = 0, total = 0;
  TotalKind total_kind = TotalKind::exact;
  const PageCursors* cursors = nullptr;  // of a page read with a cursor: it has no number and no total
  enum class Service : unsigned char { available, unavailable } service = Service::available;  // of a bare reply
  ItemProducer* producer = nullptr;  // of a stream, to be moved from
  // Of a reply that stores credentials: what the client stores; null: `otherwise` says what happens to the stored ones.
  const Credentials* credentials = nullptr;
  StoredCredentials otherwise = StoredCredentials::kept;
};

// Where a transport receives the outcome: one write() or one fail(). A fail() replaces what was written before. On the
// call's frame.
class ReplySink {
 public:
  virtual void write(const ReplyView& reply) = 0;
  virtual void fail(const Error& error) = 0;

 protected:
  ~ReplySink() = default;
};

// The checks that need the input or the reply: ownership, and the fingerprint of an idempotent call. Implemented by
// invoke(); an operation calls it before and after its function.
class Gate {
 public:
  [[nodiscard]] virtual bool waits() const = 0;  // whether admit() has to query something
  virtual Task<Result<>> admit(const schema::Type& type, const void* input) = 0;
  virtual Result<> try_admit(const schema::Type& type, const void* input) = 0;  // only where waits() is false
  virtual Result<> release(const void* reply) = 0;

 protected:
  ~Gate() = default;
};

// The type-erased operation. Only invoke() calls it (tools/tidy checks that).
class Operation {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;

  [[nodiscard]] virtual const schema::Type& input() const = 0;
  [[nodiscard]] virtual ReplyShape reply() const = 0;
  // Whether the function takes a UserCall, so that its guard must guarantee a signed-in caller.
  [[nodiscard]] virtual bool needs_user() const = 0;
  // For operations that only one transport can serve (a page, a file, a raw handler): that transport's name; else
  // empty.
  [[nodiscard]] virtual std::string_view transport() const { return {}; }

  // Reads the input, runs the function, writes the reply. `gate` may be null.
  virtual Task<Result<>> call(Call& call, InputSource& input, ReplySink& reply, Gate* gate) = 0;
  // The same without waiting, for a function that does not suspend. nullopt: nothing was done, await call().
  virtual std::optional<Result<>> try_call(Call& call, InputSource& input, ReplySink& reply, Gate* gate) = 0;
};

}  // namespace ashlar::api

#include "ashlar/api/detail/typed_operation.hpp"  // IWYU pragma: export
