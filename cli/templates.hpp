// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::cli {

// A file of cli/templates/, embedded by CMake. Path and text contain @names@.
struct Template {
  std::string_view path;  // its first part is the set that it belongs to
  std::string_view text;
};
[[nodiscard]] std::span<const Template> templates();

using Values = std::map<std::string, std::string, std::less<>>;

struct NewFile {
  std::filesystem::path path;  // relative
  std::string text;
};
// The files of a set with each @name@ replaced. Throws std::logic_error for a name without a value.
[[nodiscard]] std::vector<NewFile> fill_templates(std::string_view set, const Values& values);

// Creates the files below the folder, or none: throws ExitError that names every file that exists already, or the one
// that could not be written after removing the others. Prints their names.
void write_files(const std::filesystem::path& folder, const std::vector<NewFile>& files);

}  // namespace ashlar::cli
