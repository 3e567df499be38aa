// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A failure, as a value.
//
// An operation returns an Error for a failure that can be expected: invalid input, a wrong password, a missing row, an
// unreachable database. Broken infrastructure throws and is caught once, at the request's edge. Our own bugs assert.
//
// Every error has a stable code. Each is declared once, as a constant in the module that uses it
// (`inline constexpr ErrorCode email_taken{ErrorKind::conflict, "user.email_taken"};`), and are documented in
// docs/errors.md; a test compares the two.
namespace ashlar {

// The kind decides how each transport answers: one HTTP status, one gRPC status, one GraphQL extension per kind.
enum class ErrorKind : std::uint8_t {
  malformed,          // could not be parsed at all                     HTTP 400
  unauthenticated,    // the caller is not authenticated               HTTP 401
  forbidden,          // authenticated, but not allowed                HTTP 403
  not_found,          // no such resource, or no such route            HTTP 404
  not_allowed,        // the resource exists, the method does not      HTTP 405
  conflict,           // the state of the resource forbids it          HTTP 409
  too_large,          // over a size limit                              HTTP 413
  unsupported_media,  // a body of an unsupported media type           HTTP 415
  invalid,            // parsed, but breaks the schema or a rule        HTTP 422
  too_many_requests,  // over a rate limit                              HTTP 429
  internal,           // our fault; no internals are shown             HTTP 500
  unavailable,        // a needed service is unreachable or full       HTTP 503
  timed_out,          // the deadline passed before the work was done   HTTP 504
};

// A stable code with its kind. It is made from literals only, so `name` never dangles and copies are free.
struct ErrorCode {
  ErrorKind kind;
  std::string_view name;

  consteval ErrorCode(ErrorKind code_kind, const char* code_name) : kind(code_kind), name(code_name) {}
  friend constexpr bool operator==(const ErrorCode& a, const ErrorCode& b) { return a.name == b.name; }
};

// One fault of an input. `path` is a JSON Pointer (RFC 6901) into a body, or the parameter's name.
struct Fault {
  std::string path;
  std::string code;     // "required", "too_long", "email", ...: see docs/errors.md
  std::string message;  // human-readable

  friend bool operator==(const Fault&, const Fault&) = default;
};

class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
  Error(ErrorCode code, std::string message, std::vector<Fault> faults)
      : code_(code), message_(std::move(message)), faults_(std::move(faults)) {}

  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] ErrorKind kind() const { return code_.kind; }
  // For the client: must not contain internals (SQL, paths, addresses).
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }
  // When a retry is worthwhile; zero when unknown.
  [[nodiscard]] std::chrono::seconds retry_after() const { return retry_after_; }
  // The maximum age of the sign-in when a more recent one is required (RFC 9470); otherwise zero.
  [[nodiscard]] std::chrono::seconds sign_in_age_max() const { return sign_in_age_max_; }
  // For the log only; never shown to the client.
  [[nodiscard]] const std::string& cause() const { return cause_; }

  [[nodiscard]] Error with_retry_after(std::chrono::seconds delay) && {
    retry_after_ = Seconds(delay);
    return std::move(*this);
  }
  [[nodiscard]] Error with_sign_in_age_max(std::chrono::seconds age) && {
    sign_in_age_max_ = Seconds(age);
    return std::move(*this);
  }
  [[nodiscard]] Error with_cause(std::string cause) && {
    cause_ = std::move(cause);
    return std::move(*this);
  }

 private:
  using Seconds = std::chrono::duration<std::int32_t>;  // half the size: errors are stored in coroutine frames

  ErrorCode code_;
  std::string message_;
  std::vector<Fault> faults_;
  Seconds retry_after_{0};
  Seconds sign_in_age_max_{0};
  std::string cause_;
};

template <class T = void>
using Result = std::expected<T, Error>;

// `return fail(errors::email_taken, "This e-mail address is taken.");`
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(std::in_place, code, std::move(message));
}

// Codes that belong to no single module.
namespace errors {
inline constexpr ErrorCode internal{ErrorKind::internal, "internal"};
inline constexpr ErrorCode invalid_input{ErrorKind::invalid, "request.invalid"};
inline constexpr ErrorCode malformed_json{ErrorKind::malformed, "request.malformed_json"};
inline constexpr ErrorCode overloaded{ErrorKind::unavailable, "server.overloaded"};
inline constexpr ErrorCode deadline_exceeded{ErrorKind::timed_out, "server.deadline_exceeded"};
}  // namespace errors

// `return std::unexpected(invalid_input("/role", schema::codes::one_of, "is not the name of a role"));`
// request.invalid with one fault or with several (at least one). The message gives their number.
[[nodiscard]] inline Error invalid_input(std::vector<Fault> faults) {
  const std::size_t count = faults.size();
  return {errors::invalid_input, "The input has " + std::to_string(count) + (count == 1 ? " fault." : " faults."),
          std::move(faults)};
}
[[nodiscard]] inline Error invalid_input(std::string path, std::string_view code, std::string message) {
  return invalid_input({{.path = std::move(path), .code = std::string(code), .message = std::move(message)}});
}

// Turns an absent value into an error: `co_return required(co_await users.find(id), errors::user_not_found, "There is
// no such user.");` An error is passed on unchanged. The message is copied only if it is used.
template <class T>
[[nodiscard]] Result<T> required(Result<std::optional<T>> found, ErrorCode code, std::string_view message) {
  if (!found) return std::unexpected(std::move(found.error()));
  if (!*found) return fail(code, std::string(message));
  return std::move(**found);
}

}  // namespace ashlar
