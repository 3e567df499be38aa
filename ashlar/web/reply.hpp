// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

// What an operation can return, besides a plain described struct T ({"data": {...}}) and nothing (Result<>: no
// content). Each face words it in its own way; the comments say what HTTP does.
namespace ashlar::web {

template <class T>
struct Created {  // 201 {"data": {...}}
  T value;
};

template <class T>
struct Accepted {  // 202 {"data": {...}}
  T value;
};

template <class T>
struct Page {  // 200 {"data": [...], "pagination": {"page", "limit", "total", "pages"}}
  std::vector<T> items;
  std::int64_t page = 1;
  std::int64_t limit = 20;
  std::int64_t total = 0;
};

template <class T>
struct Bare {  // 200, the struct itself without {"data": ...}
  T value;
  int status = 200;  // 503 of a health check, say
};

}  // namespace ashlar::web
