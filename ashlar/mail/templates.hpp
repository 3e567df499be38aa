// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/mail/template.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::mail {

// The mails that a program sends, by name and language. Filled at start by one thread, immutable afterwards.
//
//   mail::Templates templates({&mail::english, &mail::german});
//   templates.add("reset-password", mail::english, "Subject: Reset your password\n\n...");
//   templates.add("reset-password", mail::german, "Subject: Neues Passwort\n\n...");
//   templates.validate();
class Templates {
 public:
  // The first language is the one of readers who want none of them. The formats live as long as the program.
  explicit Templates(std::vector<const LanguageFormat*> languages) : languages_(std::move(languages)) {}

  // Throws std::invalid_argument for a malformed source, a language that was not named, and a name that is there.
  void add(std::string name, const LanguageFormat& language, std::string_view source);
  // Throws std::invalid_argument when a template lacks a language, or has other placeholders in one than in another.
  void validate() const;

  // The tag of the language that the Accept-Language field wants, or of the first one.
  [[nodiscard]] std::string_view choose(std::string_view accept_language) const;
  [[nodiscard]] bool has_language(std::string_view tag) const { return find_language(tag) != nullptr; }

  // In the language with that tag, or in the first one. Error mail.template_value: there is no such template, or a
  // value is missing or wrong.
  [[nodiscard]] Result<MailContent> render(std::string_view name, std::string_view language,
                                           const TemplateValues& values) const;

 private:
  [[nodiscard]] const LanguageFormat* find_language(std::string_view tag) const;

  std::vector<const LanguageFormat*> languages_;
  std::map<std::string, std::map<std::string_view, Template>, std::less<>> templates_;  // by name, then by tag
};

}  // namespace ashlar::mail
