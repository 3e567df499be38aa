// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/merkle.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>
#include <set>
#include <stdexcept>

namespace ashlar::audit {
namespace {

constexpr int tile_levels = 8;  // of the tree in one tile: 2^8 = 256

// One context for each thread: making one costs as much as hashing an entry.
class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fail();
  }
  Hash operator()(std::uint8_t prefix, std::span<const std::uint8_t> bytes) {
    begin();
    update(std::span(&prefix, 1));
    update(bytes);
    return end();
  }
  Hash operator()(std::span<const std::uint8_t> bytes) {
    begin();
    update(bytes);
    return end();
  }

 private:
  [[noreturn]] static void fail() { throw std::runtime_error("OpenSSL: SHA-256 failed"); }
  void begin() {
    if (EVP_DigestInit_ex(context_.get(), nullptr, nullptr) != 1) fail();
  }
  void update(std::span<const std::uint8_t> bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) fail();
  }
  Hash end() {
    Hash out;
    if (EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) != 1) fail();
    return out;
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

Sha256& hasher() {
  thread_local Sha256 out;
  return out;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Whether [begin, end) is one complete subtree: 2^k leaves from a multiple of 2^k on.
bool is_complete_subtree(std::int64_t begin, std::int64_t end) {
  const auto count = static_cast<std::uint64_t>(end - begin);
  return std::has_single_bit(count) && begin % (end - begin) == 0;
}

// Where the leaves [begin, end) are split: after the largest power of two that is smaller than their number.
std::int64_t split_of(std::int64_t begin, std::int64_t end) {
  return begin + static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(end - begin - 1)));
}

// The tile that holds or gives the root of a complete subtree, and which of its hashes.
struct Place {
  TileId tile;
  std::size_t first = 0;
  std::size_t count = 1;
};
Place place_of(std::int64_t begin, std::int64_t end) {
  const int height = std::countr_zero(static_cast<std::uint64_t>(end - begin));
  const int level = height / tile_levels;
  const std::int64_t first = begin >> (level * tile_levels);
  return {.tile = {.level = level, .position = first / tile_width},
          .first = static_cast<std::size_t>(first % tile_width),
          .count = std::size_t{1} << (height % tile_levels)};
}

std::optional<Hash> hash_of(const Tiles& tiles, std::int64_t begin, std::int64_t end) {
  if (!is_complete_subtree(begin, end)) {
    const std::int64_t split = split_of(begin, end);
    const auto left = hash_of(tiles, begin, split);
    const auto right = hash_of(tiles, split, end);
    if (!left || !right) return std::nullopt;
    return node_hash(*left, *right);
  }
  const Place place = place_of(begin, end);
  const auto* const hashes = tiles.find(place.tile);
  if (hashes == nullptr || hashes->size() < place.first + place.count) return std::nullopt;
  return root_of(std::span(*hashes).subspan(place.first, place.count));
}

void collect_tiles(std::int64_t begin, std::int64_t end, std::set<TileId>& out) {
  if (is_complete_subtree(begin, end)) {
    out.insert(place_of(begin, end).tile);
    return;
  }
  const std::int64_t split = split_of(begin, end);
  collect_tiles(begin, split, out);
  collect_tiles(split, end, out);
}

// The subtrees whose roots make the proof, from the root's child to the leaf's sibling.
template <class Visit>
void visit_siblings(std::int64_t index, std::int64_t size, Visit visit) {
  std::int64_t begin = 0;
  std::int64_t end = size;
  while (end - begin > 1) {
    const std::int64_t split = split_of(begin, end);
    if (index < split) {
      visit(split, end);
      end = split;
    } else {
      visit(begin, split);
      begin = split;
    }
  }
}

}  // namespace

Hash sha256(std::string_view bytes) { return hasher()(bytes_of(bytes)); }

Hash leaf_hash(std::string_view leaf) { return hasher()(0, bytes_of(leaf)); }

Hash node_hash(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 64> both;
  std::ranges::copy(right, std::ranges::copy(left, both.begin()).out);
  return hasher()(1, both);
}

Hash root_of(std::span<const Hash> leaves) {
  if (leaves.empty()) return empty_root();
  if (leaves.size() == 1) return leaves.front();
  const std::size_t split = std::bit_floor(leaves.size() - 1);
  return node_hash(root_of(leaves.first(split)), root_of(leaves.subspan(split)));
}

Hash empty_root() { return sha256({}); }

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // with a NUL
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return std::string{};
  std::string out(text.size() / 4 * 3, '\0');
  const auto* const in = reinterpret_cast<const unsigned char*>(text.data());
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), in, static_cast<int>(text.size())) < 0)
    return std::nullopt;
  if (text.ends_with("==")) out.pop_back();
  if (text.ends_with("=")) out.pop_back();
  if (to_base64(bytes_of(out)) != text) return std::nullopt;  // white space, unused bits
  return out;
}

std::optional<Hash> hash_from_base64(std::string_view text) {
  const auto bytes = from_base64(text);
  if (!bytes || bytes->size() != std::tuple_size_v<Hash>) return std::nullopt;
  Hash out;
  std::ranges::copy(bytes_of(*bytes), out.begin());
  return out;
}

void Tiles::put(TileId id, std::vector<Hash> hashes) {
  assert(std::ssize(hashes) <= tile_width);
  tiles_[id] = std::move(hashes);
}

const std::vector<Hash>* Tiles::find(TileId id) const {
  const auto found = tiles_.find(id);
  return found == tiles_.end() ? nullptr : &found->second;
}

void Tiles::append_to_level(std::int64_t level, std::int64_t index, const Hash& hash) {
  const TileId id{.level = level, .position = index / tile_width};
  auto& hashes = tiles_[id];
  assert(std::ssize(hashes) == index % tile_width);
  hashes.push_back(hash);
  changed_[id] = true;
  if (std::ssize(hashes) == tile_width) append_to_level(level + 1, id.position, root_of(hashes));
}

void Tiles::append(std::int64_t size, const Hash& leaf) { append_to_level(0, size, leaf); }

std::vector<TileId> Tiles::take_changed() {
  std::vector<TileId> out;
  for (const auto& [id, changed] : changed_) out.push_back(id);
  changed_.clear();
  return out;
}

std::vector<TileId> last_tiles(std::int64_t size) {
  std::vector<TileId> out;
  for (std::int64_t level = 0; size > 0; ++level, size /= tile_width)
    out.push_back({.level = level, .position = (size - 1) / tile_width});
  return out;
}

std::vector<TileId> tiles_for_root(std::int64_t size) {
  std::set<TileId> out;
  if (size > 0) collect_tiles(0, size, out);
  return {out.begin(), out.end()};
}

std::vector<TileId> tiles_for_proof(std::int64_t index, std::int64_t size) {
  std::set<TileId> out;
  visit_siblings(index, size, [&](std::int64_t begin, std::int64_t end) { collect_tiles(begin, end, out); });
  return {out.begin(), out.end()};
}

std::optional<Hash> root_at(const Tiles& tiles, std::int64_t size) {
  return size == 0 ? empty_root() : hash_of(tiles, 0, size);
}

std::optional<std::vector<Hash>> proof_at(const Tiles& tiles, std::int64_t index, std::int64_t size) {
  std::vector<Hash> out;
  bool complete = index >= 0 && index < size;
  visit_siblings(index, size, [&](std::int64_t begin, std::int64_t end) {
    const auto hash = hash_of(tiles, begin, end);
    complete = complete && hash;
    if (hash) out.push_back(*hash);
  });
  if (!complete) return std::nullopt;
  std::ranges::reverse(out);
  return out;
}

std::optional<Hash> root_by_proof(const Hash& leaf, std::int64_t index, std::int64_t size,
                                  std::span<const Hash> proof) {
  if (index < 0 || index >= size) return std::nullopt;
  auto at = static_cast<std::uint64_t>(index);
  auto last = static_cast<std::uint64_t>(size - 1);
  Hash out = leaf;
  for (const Hash& sibling : proof) {
    if (last == 0) return std::nullopt;
    if (at % 2 == 1 || at == last) {
      out = node_hash(sibling, out);
      while (at % 2 == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      out = node_hash(out, sibling);
    }
    at >>= 1;
    last >>= 1;
  }
  if (last != 0) return std::nullopt;
  return out;
}

}  // namespace ashlar::audit
