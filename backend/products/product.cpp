// SPDX-License-Identifier: Apache-2.0
#include "backend/products/product.hpp"

#include <algorithm>

namespace ashlar::backend {

Product Product::example() {
  const Timestamp moment = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{});
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a72").value_or(Uuid{}),
          .name = "Oak desk",
          .description = std::string("A desk of solid oak, 160 cm wide."),
          .price = Price::of_minor_units(349'00),
          .stock = 12,
          .category = std::string("furniture"),
          .tags = {"oak", "office"},
          .created_at = moment,
          .updated_at = moment};
}

std::vector<std::string> texts_of(const ProductTags& tags) {
  std::vector<std::string> out;
  for (const ProductTag& tag : tags) {
    if (std::ranges::find(out, tag.view()) == out.end()) out.push_back(tag.str());
  }
  return out;
}

}  // namespace ashlar::backend
