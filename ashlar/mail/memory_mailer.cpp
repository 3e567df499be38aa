// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/memory_mailer.hpp"

#include <utility>

namespace ashlar::mail {

Task<Result<>> MemoryMailer::send(Message message) {
  logger_.info("mail kept", {{"messageId", message.id.view()}, {"subject", message.subject.view()}});
  keep(std::move(message));
  co_return Result<>{};
}

void MemoryMailer::keep(Message message) {
  const std::scoped_lock lock(mutex_);
  kept_bytes_ += message.bytes();
  kept_.push_front(std::move(message));
  while (kept_.size() > 1 && (kept_.size() > options_.kept_max || kept_bytes_ > options_.kept_bytes_max)) {
    kept_bytes_ -= kept_.back().bytes();
    kept_.pop_back();
  }
}

std::vector<Message> MemoryMailer::kept() const {
  const std::scoped_lock lock(mutex_);
  return {kept_.begin(), kept_.end()};
}

}  // namespace ashlar::mail
