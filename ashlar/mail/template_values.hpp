// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::mail {

struct TemplateText {
  std::string name;
  std::string value;
};
ASHLAR_DESCRIBE(TemplateText, name, value)

// A line of a table: a label, and what stands at the right.
struct TemplateRow {
  std::string left;
  std::string right;  // an amount ("12.50 EUR") is written as the language does
};
ASHLAR_DESCRIBE(TemplateRow, left, right)

// What a template's placeholders stand for. A value, described, so that a job can carry it. Texts are shown as they are
// and never as markup; links are http or https URLs.
struct TemplateValues {
  std::vector<TemplateText> texts;
  std::vector<TemplateText> links;
  std::vector<TemplateRow> rows;  // of the one table that a template may have

  TemplateValues& text(std::string name, std::string value) {
    return texts.push_back({std::move(name), std::move(value)}), *this;
  }
  // For {name|duration}: whole seconds, rounded up.
  TemplateValues& duration(std::string name, std::chrono::milliseconds value) {
    return text(std::move(name), std::to_string(std::chrono::ceil<std::chrono::seconds>(value).count()));
  }
  TemplateValues& link(std::string name, std::string url) {
    return links.push_back({std::move(name), std::move(url)}), *this;
  }
  TemplateValues& row(std::string left, std::string right) {
    return rows.push_back({std::move(left), std::move(right)}), *this;
  }
};
ASHLAR_DESCRIBE(TemplateValues, texts, links, rows)

}  // namespace ashlar::mail
