// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <string>

namespace ashlar::test {

// A self-signed certificate and its key, made on the spot, in a folder of their own that goes with it.
class TestCertificate {
 public:
  // It was valid from an hour ago on; with a negative time it has expired.
  explicit TestCertificate(std::string common_name = "localhost",
                           std::chrono::seconds valid_for = std::chrono::hours{1});

  // Writes another one into the same files.
  void replace(const std::string& common_name);

  [[nodiscard]] std::string certificate_file() const { return (folder_ / "certificate.pem").string(); }
  [[nodiscard]] std::string key_file() const { return (folder_ / "key.pem").string(); }

 private:
  void write(const std::string& common_name, std::chrono::seconds valid_for) const;

  TemporaryFolder folder_;
};

}  // namespace ashlar::test
