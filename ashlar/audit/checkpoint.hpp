// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/merkle.hpp"
#include "ashlar/core/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// Signed statements of a tree's size and root: checkpoints (C2SP tlog-checkpoint) in signed notes (C2SP signed-note)
// with Ed25519 (RFC 8032). A copy of one proves a later change of the tree of that size.
namespace ashlar::audit {

namespace errors {
inline constexpr ErrorCode checkpoint_invalid{ErrorKind::invalid, "audit.checkpoint_invalid"};
inline constexpr ErrorCode key_invalid{ErrorKind::invalid, "audit.key_invalid"};
}  // namespace errors

struct Checkpoint {
  std::string origin;  // names the log, such as "ashlar.example/audit": no spaces, no "+"
  std::int64_t size = 0;
  Hash root{};

  // Three lines, each with its line feed: origin, decimal size, base64 of the root.
  [[nodiscard]] std::string to_text() const;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The public key of a log: "<origin>+<8 hex digits>+<base64 of 0x01 and the key>", as C2SP writes verifier keys.
class CheckpointVerifier {
 public:
  // Error audit.key_invalid.
  static Result<CheckpointVerifier> parse(std::string_view text);
  [[nodiscard]] std::string to_text() const;
  [[nodiscard]] const std::string& origin() const { return origin_; }

  // The checkpoint of a note. Error audit.checkpoint_invalid: malformed, of another log, without a signature of this
  // key, or with a wrong one.
  [[nodiscard]] Result<Checkpoint> open(std::string_view note) const;

 private:
  friend class CheckpointSigner;
  CheckpointVerifier(std::string origin, std::string key);

  std::string origin_;
  std::string key_;  // 32 bytes
  std::string id_;   // 4 bytes
};

// Immutable; safe from any thread. Wipes its key when it ends.
class CheckpointSigner {
 public:
  // `seed`: 32 secret bytes, the private key of RFC 8032. Throws std::invalid_argument for another length, or an origin
  // with white space or "+", or none.
  CheckpointSigner(std::string origin, std::string_view seed);
  ~CheckpointSigner();
  CheckpointSigner(const CheckpointSigner&) = delete;
  CheckpointSigner& operator=(const CheckpointSigner&) = delete;

  // The note: the text, an empty line, the signature line. Throws std::runtime_error when OpenSSL fails.
  [[nodiscard]] std::string sign(std::int64_t size, const Hash& root) const;
  [[nodiscard]] const CheckpointVerifier& verifier() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::audit
