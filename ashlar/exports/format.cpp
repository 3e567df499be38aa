// SPDX-License-Identifier: Apache-2.0
#include "ashlar/exports/format.hpp"

namespace ashlar::exports {

std::string_view media_type_of(Format format) {
  switch (format) {
    case Format::csv:
      return "text/csv; charset=utf-8; header=present";
    case Format::json:
      return "application/json";
    case Format::xlsx:
      return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  }
  return {};
}

}  // namespace ashlar::exports
