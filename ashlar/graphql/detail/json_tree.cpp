// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/json_tree.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>

namespace ashlar::graphql::detail {

JsonTree::JsonTree(std::string_view text) : text_(text) { read_value(); }

std::string_view JsonTree::read_string() {
  const std::size_t begin = at_++;
  while (text_.at(at_) != '"') at_ += text_[at_] == '\\' ? 2 : 1;
  ++at_;
  return text_.substr(begin, at_ - begin);
}

std::uint32_t JsonTree::read_value() {
  const auto index = static_cast<std::uint32_t>(entries_.size());
  entries_.emplace_back();
  const std::size_t begin = at_;
  Kind kind = Kind::number;
  switch (text_.at(at_)) {
    case '{':
      kind = Kind::object;
      read_children(index, '}');
      break;
    case '[':
      kind = Kind::array;
      read_children(index, ']');
      break;
    case '"':
      kind = Kind::string;
      read_string();
      break;
    default:
      if (text_[at_] == 'n') kind = Kind::null;
      if (text_[at_] == 't' || text_[at_] == 'f') kind = Kind::boolean;
      at_ = std::min(text_.find_first_of(",]}", at_), text_.size());
  }
  entries_[index].kind = kind;
  entries_[index].text = text_.substr(begin, at_ - begin);
  return index;
}

// The depth of the text is bounded by its reader (schema::ReadOptions::depth_max) or by our own types.
void JsonTree::read_children(std::uint32_t parent, char end) {
  std::uint32_t last = none;
  ++at_;
  while (text_.at(at_) != end) {
    if (text_[at_] == ',') ++at_;
    std::string_view key;
    if (end == '}') {
      key = read_string();
      key = key.substr(1, key.size() - 2);
      ++at_;  // the colon
    }
    const std::uint32_t child = read_value();
    entries_[child].key = key;
    (last == none ? entries_[parent].first : entries_[last].next) = child;
    last = child;
  }
  ++at_;
}

JsonTree::Node JsonTree::Node::member(std::string_view key) const {
  Node child = first();
  while (!child.absent() && child.key() != key) child = child.next();
  return child;
}

std::string JsonTree::Node::string() const { return schema::read_json<std::string>(text()).value_or(""); }

}  // namespace ashlar::graphql::detail
