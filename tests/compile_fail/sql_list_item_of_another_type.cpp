// SPDX-License-Identifier: Apache-2.0
// refused: the value does not have the type of the list's items
#include "tables.hpp"

struct Note {
  Uuid id;
  std::vector<std::string> words;
};
ASHLAR_DESCRIBE(Note, id, words)
ASHLAR_TABLE(Note, "notes")

auto condition = col<&Note::words>.contains(3);
