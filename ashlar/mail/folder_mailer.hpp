// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/mail/mailer.hpp"

#include <filesystem>

namespace ashlar::mail {

// Writes each mail as a file into a folder, for development and tests: <left part of the Message-ID>.eml, as a mail
// client opens it. A file appears whole under its name, with mode 0600, since mails hold tokens. One that is sent again
// replaces its file. Nothing is ever removed, and the file is not forced to the disk.
class FolderMailer final : public Mailer {
 public:
  // Makes the folder (mode 0700) when it is absent. Throws std::runtime_error when it cannot.
  explicit FolderMailer(std::filesystem::path folder);

  // Error mail.unavailable when the file cannot be written, or too many wait to be written.
  Task<Result<>> send(Message message) override;

 private:
  const std::filesystem::path folder_;
  async::BlockingPool pool_;
};

}  // namespace ashlar::mail
