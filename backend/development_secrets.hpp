// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"
#include "backend/settings.hpp"

#include <filesystem>

namespace ashlar::backend {

// The file of fill_development_secrets().
[[nodiscard]] std::filesystem::path secrets_file(const Settings& settings);

// Development and tests need no configured secrets: missing JWT secrets and encryption keys are generated once and
// stored in a file next to the database, or in data/ashlar.secrets if the database is on a server, readable by its
// owner only (mode 0600). Processes that start concurrently agree on them. Throws std::runtime_error when the file can
// be neither read nor written.
void fill_development_secrets(Settings& settings, Random& random);

}  // namespace ashlar::backend
