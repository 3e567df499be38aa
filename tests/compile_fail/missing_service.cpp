// SPDX-License-Identifier: Apache-2.0
// refused: after the operation, pass exactly the services that it takes, in its order
#include "declarations.hpp"

void mount(ashlar::Routes& routes) { routes.get("/things/{id}", get_thing).open(); }
