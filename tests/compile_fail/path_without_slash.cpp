// SPDX-License-Identifier: Apache-2.0
// refused: path_must_begin_with_a_slash
#include "declarations.hpp"

void mount(ashlar::Routes& routes, Shelf& shelf) { routes.get("things", get_thing, shelf).open(); }
