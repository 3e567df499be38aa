// SPDX-License-Identifier: Apache-2.0
// refused: the input is a struct with ASHLAR_DESCRIBE, taken by value
#include "declarations.hpp"

ashlar::Result<Thing> make(ashlar::Call& call, NotDescribed in);
void mount(ashlar::Routes& routes) { routes.post("/things", make).open(); }
