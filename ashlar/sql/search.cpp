// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/search.hpp"

#include "ashlar/sql/dialect_traits.hpp"

namespace ashlar::sql {

std::string SearchIndexName::create_sql(Dialect dialect) const { return dialect->create_search_index(*this); }
std::string SearchIndexName::drop_sql(Dialect dialect) const { return dialect->drop_search_index(*this); }

}  // namespace ashlar::sql
