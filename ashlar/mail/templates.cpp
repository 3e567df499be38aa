// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/templates.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::mail {

const LanguageFormat* Templates::find_language(std::string_view tag) const {
  const auto found = std::ranges::find(languages_, tag, &LanguageFormat::tag);
  return found == languages_.end() ? nullptr : *found;
}

void Templates::add(std::string name, const LanguageFormat& language, std::string_view source) {
  if (find_language(language.tag) == nullptr)
    throw std::invalid_argument("the mail template " + name + " is in a language that was not named");
  auto& of_name = templates_[name];
  if (!of_name.try_emplace(language.tag, source, language).second)
    throw std::invalid_argument("the mail template " + name + " is there twice");
}

void Templates::validate() const {
  for (const auto& [name, of_name] : templates_) {
    if (of_name.size() != languages_.size())
      throw std::invalid_argument("the mail template " + name + " lacks a language");
    const auto& expected = of_name.begin()->second.placeholders();
    for (const auto& [tag, each] : of_name) {
      if (each.placeholders() != expected) {
        throw std::invalid_argument("the mail template " + name + " has other placeholders in " + std::string(tag) +
                                    " than in another language");
      }
    }
  }
}

std::string_view Templates::choose(std::string_view accept_language) const {
  std::vector<std::string_view> tags;
  for (const LanguageFormat* each : languages_) tags.push_back(each->tag);
  const std::string_view chosen = choose_language(accept_language, tags);
  return chosen.empty() ? tags.front() : chosen;
}

Result<MailContent> Templates::render(std::string_view name, std::string_view language,
                                      const TemplateValues& values) const {
  const auto of_name = templates_.find(name);
  if (of_name == templates_.end())
    return std::unexpected(
        Error(errors::template_value, "The mail could not be made.").with_cause("no template " + std::string(name)));
  auto found = of_name->second.find(language);
  if (found == of_name->second.end()) found = of_name->second.find(languages_.front()->tag);
  if (found == of_name->second.end()) found = of_name->second.begin();
  return found->second.render(values);
}

}  // namespace ashlar::mail
