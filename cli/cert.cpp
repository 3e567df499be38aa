// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/self_signed.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace ashlar::cli {

namespace {

[[noreturn]] void stop_at(const std::string& file, int error) {
  if (error == EEXIST)
    throw ExitError(exit_failed, file + " exists already. Remove it first, or name other files with --cert and --key.");
  throw ExitError(exit_failed, "cannot write " + file + ": " + std::generic_category().message(error));
}

// Never overwrites a file.
void write_new(const std::string& file, const std::string& text, mode_t mode) {
  if (const auto folder = std::filesystem::path(file).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) stop_at(file, errno);
  const ssize_t written = ::write(descriptor, text.data(), text.size());
  const int error = written < 0 ? errno : ENOSPC;
  if (::close(descriptor) == 0 && written == static_cast<ssize_t>(text.size())) return;
  ::unlink(file.c_str());
  stop_at(file, error);
}

}  // namespace

int make_certificate(const NewCertificate& wanted) {
  http::SelfSignedOptions options;
  if (!wanted.names.empty()) options.names = wanted.names;
  options.lifetime = std::chrono::days{wanted.days};
  const auto made = value_or_exit(http::make_self_signed(options, SystemClock().now()));
  write_new(wanted.key_file, made.private_key_pem, 0600);
  try {
    write_new(wanted.certificate_file, made.certificate_pem, 0644);
  } catch (const ExitError&) {
    ::unlink(wanted.key_file.c_str());
    throw;
  }
  std::printf("# For .env. Only clients that have the certificate's file trust it: it is for development.\n");
  std::printf("TLS_CERT_FILE=%s\nTLS_KEY_FILE=%s\n", wanted.certificate_file.c_str(), wanted.key_file.c_str());
  return exit_ok;
}

}  // namespace ashlar::cli
