// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// The reply types of operations, in addition to a described struct T, one of several such structs (UntaggedOneOf,
// schema/untagged_one_of.hpp) and nothing (Result<>). Each transport writes them in its own way; the comments show
// HTTP's.
namespace ashlar::api {

template <class T>
struct Created {  // 201 {"data": {...}}
  T value;
};

template <class T>
struct Accepted {  // 202 {"data": {...}}
  T value;
};

// The cursors of the previous and next pages; absent when there is no such page.
struct PageCursors {
  std::optional<std::string> next{};
  std::optional<std::string> previous{};
};

// Whether a list has exactly `total` items, or more.
enum class TotalKind : std::uint8_t { exact, at_least };

// 200 {"data": [...], "pagination": {"page", "limit", "total", "pages"}}, with "totalIsExact": false when `total` is a
// lower bound. With `cursors`, "pagination" is {"limit", "next", "previous"}.
template <class T>
struct Page {
  std::vector<T> items;
  std::int64_t page = 1;
  std::int64_t limit = 20;
  std::int64_t total = 0;
  TotalKind total_kind = TotalKind::exact;
  std::optional<PageCursors> cursors{};
};

// A page whose items are shared with a cache: the reply does not copy them. `items` is not null.
template <class T>
struct SharedPage {
  std::shared_ptr<const std::vector<T>> items;
  std::int64_t page = 1;
  std::int64_t limit = 20;
  std::int64_t total = 0;
  TotalKind total_kind = TotalKind::exact;
  std::optional<PageCursors> cursors{};
};

// The struct itself, without {"data": ...}: a health check, a document in another format.
template <class T>
struct Bare {
  T value;
  enum class Service : std::uint8_t { available, unavailable } service = Service::available;  // 200, 503
};

// Proves at the next sign-in that this device has signed in before. It grants no access.
struct DeviceToken {
  std::string token;
  Timestamp expires_at;
};

// Tokens that the client stores for the user: HTTP sets HttpOnly cookies.
struct Credentials {
  std::string access_token;
  std::string refresh_token;  // empty: the client keeps its current one
  Timestamp access_expires_at;
  Timestamp refresh_expires_at;
  std::optional<DeviceToken> device{};  // nullopt: the client keeps its current one, even when it deletes the others
};

// What the client does with its stored credentials when a reply carries none.
enum class StoredCredentials : std::uint8_t { deleted, kept };

// A reply (a struct, an UntaggedOneOf<>, Created<>, or void) together with credentials for the client to store. A
// failed operation does not change the client's stored credentials.
template <class Reply = void>
struct WithCredentials {
  Reply reply;
  std::optional<Credentials> credentials;
  StoredCredentials otherwise = StoredCredentials::deleted;  // without credentials
};
template <>
struct WithCredentials<void> {
  std::optional<Credentials> credentials;
  StoredCredentials otherwise = StoredCredentials::deleted;
};

}  // namespace ashlar::api
