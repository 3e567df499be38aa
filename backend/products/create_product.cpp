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
          .category = Nullable(ProductCategory::of("furniture"))};
}

Task<Result<web::Created<Product>>> create_product(web::Context& ctx, CreateProduct in, Products& products) {
  Product product{.id = ctx.new_id(),
                  .name = in.name.str(),
                  .description = text_of(in.description),
                  .price = in.price,
                  .stock = in.stock.value(),
                  .category = text_of(in.category),
                  .created_at = ctx.now(),
                  .updated_at = ctx.now()};
  auto created = co_await products.create(product);
  if (!created) co_return std::unexpected(std::move(created.error()));
  co_return web::Created<Product>{std::move(product)};
}

}  // namespace ashlar::backend
