// SPDX-License-Identifier: Apache-2.0
#include "backend/products/create_product.hpp"

#include "backend/products/products.hpp"

namespace ashlar::backend {

namespace {

template <class T>
Nullable<std::string> text_of(const std::optional<Nullable<T>>& given) {
  if (!given || !*given) return std::nullopt;
  return (*given)->str();
}

}  // namespace

CreateProduct CreateProduct::example() {
  return {.name = ProductName::of("Oak desk"),
          .price = Price::of_minor_units(349'00),
          .description = Nullable(ProductDescription::of("A desk of solid oak, 160 cm wide.")),
          .stock = Stock::of(12),
          .category = Nullable(ProductCategory::of("furniture")),
          .tags = ProductTags{ProductTag::of("oak"), ProductTag::of("office")}};
}

Task<Result<api::Created<Product>>> create_product(api::Call& call, CreateProduct in, Products& products) {
  Product product{.id = call.new_id(),
                  .name = in.name.str(),
                  .description = text_of(in.description),
                  .price = in.price,
                  .stock = in.stock.value(),
                  .category = text_of(in.category),
                  .tags = in.tags ? texts_of(*in.tags) : std::vector<std::string>{},
                  .created_at = call.now(),
                  .updated_at = call.now()};
  co_await unwrap(products.create(call, product));
  co_return api::Created<Product>{std::move(product)};
}

}  // namespace ashlar::backend
