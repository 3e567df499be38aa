// SPDX-License-Identifier: Apache-2.0
// refused: an operation is a function: Result<Out> name(Context&, In, Services&...)
#include "declarations.hpp"

void mount(ashlar::Routes& routes) {
  routes.post("/things", [](ashlar::Context&) -> ashlar::Result<Thing> { return Thing{}; }).open();
}
