// SPDX-License-Identifier: Apache-2.0
// accepted
#include "declarations.hpp"

void mount(ashlar::Routes& routes, Shelf& shelf) {
  routes.get("/things/{id}", get_thing, shelf).owner(&Thing::owner_id).limit(5, std::chrono::minutes(1));
}
