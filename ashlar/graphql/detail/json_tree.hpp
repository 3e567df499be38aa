// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::graphql::detail {

// The structure of a JSON text that is known to be well-formed and has no white space: a reply of ours, or the text of
// a JsonObject. Values stay where they are in the text, which outlives the tree.
class JsonTree {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

 private:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;
  struct Entry {
    Kind kind = Kind::null;
    std::string_view text{};
    std::string_view key{};
    std::uint32_t first = none;
    std::uint32_t next = none;
  };

 public:
  class Node {
   public:
    [[nodiscard]] Kind kind() const { return entry().kind; }
    [[nodiscard]] std::string_view text() const { return entry().text; }  // as JSON
    [[nodiscard]] std::string_view key() const { return entry().key; }    // of a member, as between the quotes
    [[nodiscard]] std::string string() const;                             // the content of a string
    // Children, in order. `next` of the last one is absent.
    [[nodiscard]] Node first() const { return {tree_, entry().first}; }
    [[nodiscard]] Node next() const { return {tree_, entry().next}; }
    [[nodiscard]] Node member(std::string_view key) const;  // absent when there is none
    [[nodiscard]] bool absent() const { return index_ == none; }
    [[nodiscard]] bool is_null() const { return absent() || kind() == Kind::null; }

    Node() = default;

   private:
    friend JsonTree;
    Node(const JsonTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}
    [[nodiscard]] const Entry& entry() const { return tree_->entries_[index_]; }

    const JsonTree* tree_ = nullptr;
    std::uint32_t index_ = none;
  };

  explicit JsonTree(std::string_view text);
  JsonTree(const JsonTree&) = delete;
  JsonTree& operator=(const JsonTree&) = delete;

  [[nodiscard]] Node root() const { return {this, 0}; }

 private:
  std::uint32_t read_value();
  void read_children(std::uint32_t parent, char end);
  std::string_view read_string();  // with its quotes

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace ashlar::graphql::detail
