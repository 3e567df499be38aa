// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"
#include "backend/settings.hpp"

#include <filesystem>

namespace ashlar::backend {

// Where fill_development_secrets() keeps them.
[[nodiscard]] std::filesystem::path secrets_file(const Settings& settings);

// Development and tests need no secrets: JWT secrets and keys for stored secrets that are missing are made once and
// kept in a file beside the database, or in data/ashlar.secrets for one on a server, that only its owner can read (mode
// 0600). Processes that start at once agree on them. Throws std::runtime_error when the file can be neither read nor
// written.
void fill_development_secrets(Settings& settings, Random& random);

}  // namespace ashlar::backend
