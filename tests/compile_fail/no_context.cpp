// SPDX-License-Identifier: Apache-2.0
// refused: an operation is a function: Result<Out> name(Call& or UserCall&, In, Services&...)
#include "declarations.hpp"

ashlar::Result<Thing> make(ById in);
void mount(ashlar::Routes& routes) { routes.post("/things", make).open(); }
