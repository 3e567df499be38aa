// SPDX-License-Identifier: Apache-2.0
#include "cli/templates.hpp"

#include "cli/command_context.hpp"

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace ashlar::cli {

namespace fs = std::filesystem;

namespace {

std::string filled(std::string_view text, const Values& values) {
  std::string out;
  while (true) {
    const auto begin = text.find('@');
    const auto end =
        begin == text.npos ? text.npos : text.find_first_not_of("abcdefghijklmnopqrstuvwxyzEJ_", begin + 1);
    if (end == text.npos) return out.append(text);
    const std::string_view name = text.substr(begin + 1, end - begin - 1);
    if (text[end] != '@' || name.empty()) {  // an @ of the text itself
      out.append(text.substr(0, end));
      text.remove_prefix(end);
      continue;
    }
    const auto value = values.find(name);
    if (value == values.end()) throw std::logic_error("a template has an unknown name: " + std::string(name));
    out.append(text.substr(0, begin)).append(value->second);
    text.remove_prefix(end + 1);
  }
}

// Removes what it was given unless everything was written.
class Written {
 public:
  Written() = default;
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  ~Written() {
    std::error_code ignored;
    for (const fs::path& file : files_) fs::remove(file, ignored);
  }
  void add(fs::path file) { files_.push_back(std::move(file)); }
  void keep() { files_.clear(); }

 private:
  std::vector<fs::path> files_;
};

void write_file(const fs::path& file, const std::string& text, Written& written) {
  std::error_code fault;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), fault);
  std::FILE* out = fault ? nullptr : std::fopen(file.c_str(), "wx");  // x: never an existing file, nor a link to one
  if (out == nullptr) {
    const std::string cause = fault ? fault.message() : std::generic_category().message(errno);
    throw ExitError(exit_failed, file.string() + " cannot be written: " + cause + ". Nothing was written.");
  }
  written.add(file);
  const bool complete = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (std::fclose(out) != 0 || !complete)
    throw ExitError(exit_failed, file.string() + " cannot be written: the disk may be full. Nothing was written.");
}

}  // namespace

std::vector<NewFile> fill_templates(std::string_view set, const Values& values) {
  std::vector<NewFile> out;
  for (const Template& each : templates()) {
    const auto slash = each.path.find('/');
    if (each.path.substr(0, slash) != set) continue;
    out.push_back({.path = filled(each.path.substr(slash + 1), values), .text = filled(each.text, values)});
  }
  return out;
}

void write_files(const fs::path& folder, const std::vector<NewFile>& files) {
  std::string existing;
  for (const NewFile& file : files) {
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(folder / file.path, ignored))) existing += "\n  " + (folder / file.path).string();
  }
  if (!existing.empty()) throw ExitError(exit_failed, "These files exist already; nothing was written:" + existing);
  Written written;
  for (const NewFile& file : files) write_file(folder / file.path, file.text, written);
  written.keep();
  for (const NewFile& file : files) std::puts(("wrote " + (folder / file.path).lexically_normal().string()).c_str());
}

}  // namespace ashlar::cli
