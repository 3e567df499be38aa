// SPDX-License-Identifier: Apache-2.0
// refused: an operation is a function: Result<Out> name(Call& or UserCall&, In, Services&...)
#include "declarations.hpp"

void mount(ashlar::Routes& routes) {
  routes.post("/things", [](ashlar::Call&) -> ashlar::Result<Thing> { return Thing{}; }).open();
}
