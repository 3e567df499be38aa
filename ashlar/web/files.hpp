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

// Serves the files of a folder. See docs/guide/files.md.
namespace ashlar::web {

struct FileOptions {
  std::string index_file{};  // the file for a path that ends in a slash, such as "index.html"; empty: 404
  // Whether `app.js.zst`, `.br` or `.gz` next to `app.js` is sent instead to clients that accept the coding, unless it
  // is older than the file.
  enum class Precompressed : std::uint8_t { no, yes } precompressed = Precompressed::yes;
  CacheControl cache = CacheControl::revalidate(CacheControl::Keeper::anyone);
  std::size_t piece_bytes_max = 64 * 1024;                         // of a file in memory, per response
  std::vector<std::pair<std::string, std::string>> media_types{};  // by extension ("glb"); override ours
};

// Adds `GET at/...`: every regular file below `folder`, with ETag, Last-Modified, conditional requests and single
// ranges. A path cannot leave the folder, by `..` or by a symbolic link, or reach a name that begins with a dot, and
// folders are never listed: all of these are 404. Files are read on the pool, which outlives the routes. The folder is
// looked up by name for each request, so it may be replaced while the server runs.
//
// Like every route, it needs a guard: mount_files(...).set_guard(api::open()). Throws std::invalid_argument when
// `folder` is not a folder.
Route& mount_files(Routes& routes, std::string_view at, std::filesystem::path folder, async::BlockingPool& pool,
                   FileOptions options = {});

}  // namespace ashlar::web
