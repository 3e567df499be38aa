// SPDX-License-Identifier: Apache-2.0
// refused: path_has_an_unclosed_parameter
#include "declarations.hpp"

void mount(ashlar::Routes& routes, Shelf& shelf) { routes.get("/things/{id", get_thing, shelf).open(); }
