// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/publication.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>

namespace ashlar::audit {
namespace {

constexpr std::size_t date_bytes = 10;  // of 2026-11-21T08:30:00.000Z

std::error_code write_file(const std::filesystem::path& folder, const std::string& name, const std::string& text) {
  static std::atomic<unsigned> drafts{0};
  const auto draft = folder / ("." + name + "." + std::to_string(::getpid()) + "." + std::to_string(drafts++));
  std::error_code error;
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) error = {errno != 0 ? errno : EIO, std::generic_category()};
  if (!error) std::filesystem::rename(draft, folder / name, error);
  std::error_code ignored;
  if (error) std::filesystem::remove(draft, ignored);
  return error;
}

}  // namespace

std::error_code publish_checkpoint(const std::filesystem::path& folder, const std::string& note, Timestamp now) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) error = write_file(folder, "checkpoint", note);
  if (!error) error = write_file(folder, "checkpoint-" + now.to_string().substr(0, date_bytes), note);
  return error;
}

}  // namespace ashlar::audit
