// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::sql::detail {

// The rules of lint_rules(), in their order.
enum class Rule : std::uint8_t {
  drop_table,
  drop_column,
  drop_view,
  drop_routine,
  drop_trigger,
  drop_type,
  drop_unique,
  drop_default,
  drop_not_null,
  rename_table,
  rename_column,
  rename_enum_value,
  change_type,
  change_signature,
  add_required_column,
  set_not_null,
  add_unique,
  add_check,
  add_foreign_key,
  validate_in_same_step,
  index_without_concurrently,
  not_in_transaction,
  several_without_transaction,
  transaction_control,
  table_rewrite,
  table_rebuild,
  rebuild_without_header,
  update_all_rows,
  delete_all_rows,
  enum_value_in_use,
  disable_trigger,
  row_security,
  revoke,
  lock_table,
  lock_timeout,
  opaque_block,
  syntax,
  invalid_exception,
  unused_exception,
};

}  // namespace ashlar::sql::detail
