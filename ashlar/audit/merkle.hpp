// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1 has the same hashes): an append-only list of leaves
// with one root hash, proofs that a leaf is in it, and its hashes stored in tiles.
//
// A tile holds up to 256 hashes of one level: tile t of level 0 the hashes of the leaves 256t to 256t+255, and tile t
// of level n the roots of the complete tiles 256t to 256t+255 of level n-1 (C2SP tlog-tiles). A proof reads at most two
// tiles of each level. Pure functions and values; safe from any thread. SHA-256 throws std::runtime_error when OpenSSL
// fails.
namespace ashlar::audit {

using Hash = std::array<std::uint8_t, 32>;

inline constexpr std::int64_t tile_width = 256;

[[nodiscard]] Hash sha256(std::string_view bytes);
[[nodiscard]] Hash leaf_hash(std::string_view leaf);                // SHA-256 of 0x00 and the leaf
[[nodiscard]] Hash node_hash(const Hash& left, const Hash& right);  // SHA-256 of 0x01 and both
[[nodiscard]] Hash root_of(std::span<const Hash> leaves);           // of a tree in memory
[[nodiscard]] Hash empty_root();                                    // of a tree without leaves: SHA-256 of nothing

// Standard base64 with padding (RFC 4648 section 4), as notes and proofs have it. Decoding is strict.
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
[[nodiscard]] std::optional<Hash> hash_from_base64(std::string_view text);

struct TileId {
  std::int64_t level = 0;
  std::int64_t position = 0;
  friend auto operator<=>(const TileId&, const TileId&) = default;
};

// The hashes of some tiles of a tree. Complete tiles never change; the last tile of a level grows.
class Tiles {
 public:
  // Replaces what is known of the tile. More than 256 hashes are an assertion.
  void put(TileId id, std::vector<Hash> hashes);
  [[nodiscard]] const std::vector<Hash>* find(TileId id) const;  // null: not here

  // Appends a leaf to a tree of `size` leaves, whose last tile of each level is here. The tiles that it changes are in
  // changed() afterwards.
  void append(std::int64_t size, const Hash& leaf);
  [[nodiscard]] const std::map<TileId, std::vector<Hash>>& all() const { return tiles_; }
  [[nodiscard]] std::vector<TileId> take_changed();

 private:
  void append_to_level(std::int64_t level, std::int64_t index, const Hash& hash);
  std::map<TileId, std::vector<Hash>> tiles_;
  std::map<TileId, bool> changed_;
};

// The last tile of each level of a tree of `size` leaves, which append() needs. None for an empty tree.
[[nodiscard]] std::vector<TileId> last_tiles(std::int64_t size);

// The tiles from which root_at(), proof_at() compute. `index` < `size`.
[[nodiscard]] std::vector<TileId> tiles_for_root(std::int64_t size);
[[nodiscard]] std::vector<TileId> tiles_for_proof(std::int64_t index, std::int64_t size);

// The root of the first `size` leaves; nullopt when a tile is missing or too short.
[[nodiscard]] std::optional<Hash> root_at(const Tiles& tiles, std::int64_t size);
// The inclusion proof of RFC 6962 section 2.1.1, from the leaf's sibling to the root's child; nullopt as above.
[[nodiscard]] std::optional<std::vector<Hash>> proof_at(const Tiles& tiles, std::int64_t index, std::int64_t size);

// The root that a leaf and its proof lead to (RFC 9162 section 2.1.3.2); nullopt when the proof has another length than
// a tree of that size has. The leaf is in the tree when it is the tree's root.
[[nodiscard]] std::optional<Hash> root_by_proof(const Hash& leaf, std::int64_t index, std::int64_t size,
                                                std::span<const Hash> proof);

}  // namespace ashlar::audit
