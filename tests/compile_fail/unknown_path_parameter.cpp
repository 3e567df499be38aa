// SPDX-License-Identifier: Apache-2.0
// refused: no_member_of_the_input_has_the_name_of_this_path_parameter
#include "declarations.hpp"

void mount(ashlar::Routes& routes, Shelf& shelf) { routes.get("/things/{thing}", get_thing, shelf).open(); }
