// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/opened_file.hpp"

#include "ashlar/web/detail/percent_encoding.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace ashlar::web::detail {

namespace {

constexpr std::size_t names_max = 32;
constexpr std::size_t name_bytes_max = 255;

// Closes the descriptor; -1 means none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  void reset(int number) {
    const int error = errno;  // of what made the new one
    if (number_ >= 0) ::close(number_);
    number_ = number;
    errno = error;
  }
  [[nodiscard]] int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

[[noreturn]] void throw_error(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

// Whether the file simply does not exist; ELOOP is a symbolic link.
bool is_absence(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EACCES || error == ENAMETOOLONG ||
         error == EISDIR || error == ENXIO || error == EPERM;
}

bool is_safe(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && name.front() != '.' &&
         std::ranges::none_of(
             name, [](char c) { return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::optional<std::vector<std::string>> names_of_path(std::string_view path, std::string_view index_file) {
  std::vector<std::string> names;
  std::string buffer;
  while (true) {
    const std::size_t slash = path.find('/');
    const auto name = percent_decode(path.substr(0, slash), PlusSign::plus, buffer);
    if (!name || names.size() == names_max) return std::nullopt;
    const bool last = slash == path.npos;
    if (last && name->empty()) {
      if (index_file.empty()) return std::nullopt;
      names.emplace_back(index_file);
      return names;
    }
    if (!is_safe(*name)) return std::nullopt;
    names.emplace_back(*name);
    if (last) return names;
    path.remove_prefix(slash + 1);
  }
}

std::optional<OpenedFile> OpenedFile::open(const std::filesystem::path& folder, std::span<const std::string> names) {
  constexpr int below = O_CLOEXEC | O_NOFOLLOW;
  Descriptor at(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t i = 0; at.get() >= 0 && i < names.size(); ++i) {
    // O_NONBLOCK: opening a pipe would wait for its writer.
    const bool last = i + 1 == names.size();
    const int flags = last ? O_RDONLY | O_NONBLOCK | O_NOCTTY | below : O_PATH | O_DIRECTORY | below;
    at.reset(::openat(at.get(), names[i].c_str(), flags));
  }
  if (at.get() < 0) {
    if (is_absence(errno)) return std::nullopt;
    throw_error("a file that is served cannot be opened");
  }
  struct stat status{};
  if (::fstat(at.get(), &status) != 0) throw_error("a file that is served has no status");
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return OpenedFile(at.release(), static_cast<std::uint64_t>(status.st_size),
                    status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec);
}

OpenedFile::~OpenedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool OpenedFile::read(std::uint64_t offset, std::span<char> out) const {
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_error("a file that is served cannot be read");
    if (got == 0) return false;
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return true;
}

}  // namespace ashlar::web::detail
