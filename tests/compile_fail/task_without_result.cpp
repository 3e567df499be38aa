// SPDX-License-Identifier: Apache-2.0
// refused: an operation returns Result<...> or Task<Result<...>>
#include "declarations.hpp"

ashlar::Task<Thing> make(ashlar::Call& call);
void mount(ashlar::Routes& routes) { routes.post("/things", make).open(); }
