// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/merkle.hpp"

#include "ashlar/core/encoding.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace ashlar::audit {
namespace {

std::string hex(const Hash& hash) { return to_hex(std::as_bytes(std::span(hash))); }

// The leaves of the reference implementation's tests (google/certificate-transparency, merkletree), and the roots of
// the trees of their first 1, 2, ... leaves.
const std::vector<std::string> reference_leaves = {
    std::string(),
    std::string(1, '\0'),
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
};
const std::vector<std::string> reference_roots = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

Hash leaf(std::int64_t index) { return leaf_hash(std::to_string(index)); }

Tiles tree_of(std::int64_t size) {
  Tiles out;
  for (std::int64_t i = 0; i < size; ++i) out.append(i, leaf(i));
  return out;
}

TEST(Merkle, HasTheRootsOfTheReferenceImplementation) {
  EXPECT_EQ(hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Tiles tiles;
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < reference_leaves.size(); ++i) {
    leaves.push_back(leaf_hash(reference_leaves[i]));
    tiles.append(static_cast<std::int64_t>(i), leaves.back());
    EXPECT_EQ(hex(root_of(leaves)), reference_roots[i]);
    EXPECT_EQ(hex(root_at(tiles, static_cast<std::int64_t>(i) + 1).value()), reference_roots[i]);
  }
}

TEST(Merkle, RefusesProofsOfAnotherShape) {
  const Tiles tiles = tree_of(7);
  const auto proof = proof_at(tiles, 2, 7).value();
  const auto root = root_at(tiles, 7).value();
  EXPECT_EQ(root_by_proof(leaf(2), 2, 7, proof), root);
  EXPECT_NE(root_by_proof(leaf(3), 2, 7, proof), root);
  EXPECT_NE(root_by_proof(leaf(2), 3, 7, proof), root);
  EXPECT_EQ(root_by_proof(leaf(2), 2, 7, std::span(proof).first(proof.size() - 1)), std::nullopt);
  auto longer = proof;
  longer.push_back(root);
  EXPECT_EQ(root_by_proof(leaf(2), 2, 7, longer), std::nullopt);
  EXPECT_EQ(root_by_proof(leaf(7), 7, 7, proof), std::nullopt);
  EXPECT_EQ(root_by_proof(leaf(0), -1, 7, proof), std::nullopt);
  EXPECT_EQ(root_by_proof(leaf(0), 0, 0, {}), std::nullopt);
  for (auto wrong = proof; auto& hash : wrong) {
    hash[0] ^= 1;
    EXPECT_NE(root_by_proof(leaf(2), 2, 7, wrong), root);
    hash[0] ^= 1;
  }
}

TEST(Merkle, ProvesEveryLeafOfEverySize) {
  const Tiles tiles = tree_of(70);
  std::vector<Hash> leaves;
  for (std::int64_t size = 1; size <= 70; ++size) {
    leaves.push_back(leaf(size - 1));
    const auto root = root_of(leaves);
    EXPECT_EQ(root_at(tiles, size), root);
    for (std::int64_t index = 0; index < size; ++index) {
      const auto proof = proof_at(tiles, index, size);
      ASSERT_TRUE(proof) << index << " of " << size;
      EXPECT_EQ(root_by_proof(leaf(index), index, size, *proof), root) << index << " of " << size;
    }
  }
}

// Around the ends of tiles of both levels, with the tiles that each function asks for and no others.
TEST(Merkle, NeedsTheTilesThatItNames) {
  constexpr std::int64_t largest = 256 * 256 + 300;
  const Tiles all = tree_of(largest);
  const auto some = [&](const std::vector<TileId>& wanted) {
    Tiles out;
    for (const TileId& id : wanted) out.put(id, *all.find(id));
    return out;
  };
  for (const std::int64_t size : {1L, 255L, 256L, 257L, 511L, 512L, 513L, 65'535L, 65'536L, 65'537L, largest}) {
    const auto root = root_at(some(tiles_for_root(size)), size);
    EXPECT_EQ(root, root_at(all, size)) << size;
    EXPECT_LE(tiles_for_root(size).size(), 3U);
    for (const std::int64_t index : {0L, 1L, 255L, 256L, 300L, 65'535L, 65'536L, size - 1}) {
      if (index >= size) continue;
      const auto wanted = tiles_for_proof(index, size);
      EXPECT_LE(wanted.size(), 6U);
      const auto proof = proof_at(some(wanted), index, size);
      ASSERT_TRUE(proof) << index << " of " << size;
      EXPECT_EQ(root_by_proof(leaf(index), index, size, *proof), root) << index << " of " << size;
    }
  }
  EXPECT_EQ(root_at(Tiles{}, 5), std::nullopt);
  EXPECT_EQ(proof_at(Tiles{}, 1, 5), std::nullopt);
}

TEST(Merkle, GrowsFromTheLastTileOfEachLevel) {
  for (const std::int64_t size : {0L, 1L, 255L, 256L, 300L, 511L, 512L, 65'535L, 65'536L}) {
    const Tiles whole = tree_of(size + 600);
    Tiles grown;
    for (const TileId& id : last_tiles(size)) {
      auto hashes = *whole.find(id);
      const std::int64_t nodes = size >> (8 * id.level);
      hashes.resize(static_cast<std::size_t>(nodes - id.position * tile_width));
      grown.put(id, std::move(hashes));
    }
    for (std::int64_t i = size; i < size + 600; ++i) grown.append(i, leaf(i));
    EXPECT_EQ(root_at(grown, size + 600), root_at(whole, size + 600)) << size;
    for (const TileId& id : grown.take_changed()) EXPECT_EQ(*grown.find(id), *whole.find(id));
    EXPECT_TRUE(grown.take_changed().empty());
  }
}

TEST(Merkle, ReadsBase64Strictly) {
  EXPECT_EQ(to_base64(std::vector<std::uint8_t>{0xfb, 0xff}), "+/8=");
  EXPECT_EQ(from_base64("+/8="), "\xfb\xff");
  for (const char* wrong : {"+/8", "+/9=", "-_8=", " +/8=", "+/8=\n", "=", "====", "+/=="})
    EXPECT_EQ(from_base64(wrong), std::nullopt) << wrong;
  EXPECT_EQ(hash_from_base64(to_base64(empty_root())), empty_root());
  EXPECT_EQ(hash_from_base64("+/8="), std::nullopt);
}

}  // namespace
}  // namespace ashlar::audit
