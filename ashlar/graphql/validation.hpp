// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/document.hpp"
#include "ashlar/graphql/type_system.hpp"

#include <cstddef>
#include <vector>

namespace ashlar::graphql {

// What an operation may ask for, fragments expanded. Checked before anything is executed.
struct ComplexityLimits {
  std::size_t depth_max = 20;      // fields inside each other
  std::size_t fields_max = 5'000;  // of all operations, each as often as it is selected
  std::size_t calls_max = 20;      // fields of Query or Mutation that call an operation
  std::size_t cost_max = 20'000;   // of the operation that is executed: see cost_of()
  std::size_t call_cost = 100;     // of a call, in addition to its fields
  std::size_t assumed_items = 10;  // of a list whose length is unknown
};

// The rules of the specification's section 5, for the whole document. Empty: it is valid. At most `errors_max` errors:
// graphql.validation_failed, or one graphql.limit_exceeded for depth_max and fields_max.
[[nodiscard]] std::vector<RequestError> validate(const Document& document, const TypeSystem& types,
                                                 const ComplexityLimits& limits = {}, std::size_t errors_max = 20);

}  // namespace ashlar::graphql
