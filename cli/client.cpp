// SPDX-License-Identifier: Apache-2.0
#include "cli/client.hpp"

#include "cli/detached_application.hpp"
#include "cli/typescript/client_source.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace ashlar::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view mark = "Written by `ashlar client typescript`";

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in && text.empty()) throw ExitError(exit_failed, file.string() + " cannot be read.");
  return text;
}

TypescriptClient make_client(const std::string& openapi_file) {
  if (openapi_file.empty()) {
    DetachedApplication detached(DetachedApplication::Features::all);
    return make_typescript_client(detached.app().openapi());
  }
  try {
    return make_typescript_client(read_file(openapi_file));
  } catch (const UnsupportedDescription& fault) {
    throw ExitError(exit_failed, openapi_file + " has no client: " + fault.what() + ". Nothing was written.");
  }
}

struct File {
  fs::path path;
  std::string text;
};

// A client that was written before is replaced; nothing else is.
void refuse_to_replace(const File& file) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(file.path, ignored)) && !read_file(file.path).contains(mark))
    throw ExitError(exit_failed, file.path.string() + " exists and is not part of a client. Nothing was written.");
}

void write(const File& file) {
  std::ofstream out(file.path, std::ios::binary | std::ios::trunc);
  out << file.text;
  out.close();
  if (!out) throw ExitError(exit_failed, file.path.string() + " cannot be written.");
  std::puts(("wrote " + file.path.lexically_normal().string()).c_str());
}

}  // namespace

int write_typescript_client(const ClientCommand& wanted) {
  TypescriptClient made = make_client(wanted.openapi_file);
  const fs::path folder(wanted.folder);
  const std::array<File, 4> files{{{folder / "api.ts", std::move(made.api)},
                                   {folder / "types.ts", std::move(made.types)},
                                   {folder / "runtime.ts", typescript_runtime()},
                                   {folder / "realtime.ts", typescript_realtime()}}};
  for (const File& file : files) refuse_to_replace(file);
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault) throw ExitError(exit_failed, folder.string() + " cannot be created: " + fault.message());
  for (const File& file : files) write(file);
  return exit_ok;
}

}  // namespace ashlar::cli
