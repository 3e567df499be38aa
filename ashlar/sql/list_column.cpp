// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/list_column.hpp"

#include "ashlar/schema/constraints.hpp"

namespace ashlar::sql::detail {

void append_text_item(std::string_view text, std::string& json) {
  if (schema::detail::is_text(text)) {
    schema::write_json_string(text, json);
  } else {
    json += text;
  }
}

}  // namespace ashlar::sql::detail
