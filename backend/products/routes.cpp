// SPDX-License-Identifier: Apache-2.0
#include "backend/products/routes.hpp"

#include "backend/products/create_product.hpp"
#include "backend/products/delete_product.hpp"
#include "backend/products/get_product.hpp"
#include "backend/products/list_products.hpp"
#include "backend/products/update_product.hpp"

namespace ashlar::backend {

// clang-format off
void mount_products(web::Routes& routes, Products& products) {
  routes.get("/api/products", list_products, products).open().heavy(is_heavy)
      .tool().name("listProducts").tag("Products").summary("Find products").fails_with(sql::errors::invalid_cursor);
  routes.get("/api/products/{id}", get_product, products).open()
      .tool().name("getProduct").tag("Products").summary("One product").fails_with(errors::product_not_found);
  routes.post("/api/products", create_product, products).permission("create:product")
      .name("createProduct").tag("Products").summary("Add a product");
  routes.patch("/api/products/{id}", update_product, products).permission("update:product")
      .name("updateProduct").tag("Products").summary("Change a product").fails_with(errors::product_not_found);
  routes.remove("/api/products/{id}", delete_product, products).permission("delete:product")
      .name("deleteProduct").tag("Products").summary("Remove a product").fails_with(errors::product_not_found);
}
// clang-format on

}  // namespace ashlar::backend
