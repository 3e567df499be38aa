// SPDX-License-Identifier: Apache-2.0
// refused: owner(&T::member) names a member of what the operation returns
#include "declarations.hpp"

void mount(ashlar::Routes& routes, Shelf& shelf) {
  routes.get("/things/{id}", get_thing, shelf).owner(&Other::owner_id);
}
