// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/ashlar.hpp"

// What the declarations in this folder are made of; every line of theirs is right but one.
struct ById {
  ashlar::Uuid id;
};
ASHLAR_DESCRIBE(ById, id)

struct Thing {
  ashlar::Uuid id;
  ashlar::Uuid owner_id;
};
ASHLAR_DESCRIBE(Thing, id, owner_id)

struct Other {
  ashlar::Uuid owner_id;
};
ASHLAR_DESCRIBE(Other, owner_id)

struct NotDescribed {
  ashlar::Uuid id;
};

struct Shelf {};
struct Counter {};

ashlar::Result<Thing> get_thing(ashlar::Call& call, ById in, Shelf& shelf);
