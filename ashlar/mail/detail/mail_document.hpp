// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/mail/template.hpp"

#include <span>
#include <string>
#include <string_view>

namespace ashlar::mail::detail {

// Writes both parts of a mail side by side. Every text is escaped; what it holds is never markup.
class MailDocument {
 public:
  MailDocument(std::string_view language, std::string_view subject);

  void add_paragraph(std::string_view text);
  void add_link(std::string_view label, std::string_view url);
  void add_table(std::span<const TemplateRow> rows);

  // Error mail.template_value when a part is too long or the subject is empty. A longer subject is cut.
  [[nodiscard]] Result<MailContent> finish();

 private:
  std::string subject_;
  std::string text_;
  std::string html_;
};

}  // namespace ashlar::mail::detail
