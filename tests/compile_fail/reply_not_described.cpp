// SPDX-License-Identifier: Apache-2.0
// refused: a reply is a struct with ASHLAR_DESCRIBE
#include "declarations.hpp"

ashlar::Result<NotDescribed> make(ashlar::Call& call);
void mount(ashlar::Routes& routes) { routes.post("/things", make).open(); }
