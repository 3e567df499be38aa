// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"

#include <filesystem>
#include <string>
#include <system_error>

namespace ashlar::audit {

// Writes a checkpoint to <folder>/checkpoint and to <folder>/checkpoint-<date>, the last one of each day. The folder is
// made when it is absent. A reader sees a whole note, since a file is renamed to its name. Instances can share a
// folder. Blocks. What failed, or no error.
[[nodiscard]] std::error_code publish_checkpoint(const std::filesystem::path& folder, const std::string& note,
                                                 Timestamp now);

}  // namespace ashlar::audit
