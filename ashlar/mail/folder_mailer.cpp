// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/folder_mailer.hpp"

#include "ashlar/mail/internet_message.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace ashlar::mail {

namespace {

std::string reason(int error) { return std::generic_category().message(error); }

// Returns errno, 0 when all is written.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// Written under another name first, so that programs that watch the folder see complete files only.
int write_file(const std::filesystem::path& path, std::string_view text) {
  static std::atomic<unsigned> drafts{0};
  const std::string draft = path.string() + "." + std::to_string(::getpid()) + "." + std::to_string(drafts++) + ".tmp";
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return errno;
  int error = write_all(file, text);
  if (::close(file) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(draft.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(draft.c_str());
  return error;
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), failed);
  if (!failed && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) failed = {errno, std::generic_category()};
  if (!failed && !std::filesystem::is_directory(folder)) failed = std::make_error_code(std::errc::not_a_directory);
  if (failed) throw std::runtime_error("cannot make the folder for mails " + folder.string() + ": " + failed.message());
}

}  // namespace

FolderMailer::FolderMailer(std::filesystem::path folder)
    : folder_(std::move(folder)), pool_({.threads = 1, .queue_max = 1'000, .name = "mail"}) {
  make_folder(folder_);
}

Task<Result<>> FolderMailer::send(Message message) {
  const std::filesystem::path path = folder_ / (std::string(message.id.left()) + ".eml");
  auto written = co_await pool_.run(
      [path, message = std::move(message)] { return write_file(path, to_internet_message(message)); });
  if (!written) co_return fail(errors::unavailable, "The mail was not sent: too many wait.");
  if (*written != 0) {
    co_return std::unexpected(
        Error(errors::unavailable, "The mail was not sent.").with_cause(path.string() + ": " + reason(*written)));
  }
  co_return Result<>{};
}

}  // namespace ashlar::mail
