// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/web/cache_control.hpp"
#include "ashlar/web/routes.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Files of a folder. See docs/guide/files.md.
namespace ashlar::web {

struct FileOptions {
  std::string index_file{};  // what a path that ends in a slash gives, "index.html", say; empty: 404
  // Whether `app.js.zst`, `.br` or `.gz` beside `app.js` is sent in its place to who takes that coding; not one that is
  // older than the file itself.
  enum class Precompressed : std::uint8_t { no, yes } precompressed = Precompressed::yes;
  CacheControl cache = CacheControl::revalidate(CacheControl::Keeper::anyone);
  std::size_t piece_bytes_max = 64 * 1024;                         // of a file in memory for each response
  std::vector<std::pair<std::string, std::string>> media_types{};  // by a name's ending ("glb"), before those we know
};

// Adds `GET at/...`: every regular file below `folder`, with ETag, Last-Modified, conditional requests and single
// ranges. No path leads out of the folder, by `..` or by a symbolic link, or to a name that begins with a dot, and
// folders are never listed: all that is 404. Files are read on the pool, which outlives the routes. The folder is
// looked up by its name for each request, so it may be replaced as a whole while the server runs.
//
// Who may have them is still to be said, as of every route: mount_files(...).set_guard(api::open()). Throws
// std::invalid_argument when `folder` is no folder.
Route& mount_files(Routes& routes, std::string_view at, std::filesystem::path folder, async::BlockingPool& pool,
                   FileOptions options = {});

}  // namespace ashlar::web
