// SPDX-License-Identifier: Apache-2.0
#include "backend/development_secrets.hpp"

#include "ashlar/core/encoding.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ashlar::backend {

namespace {

constexpr std::size_t secret_bytes_min = 32;
constexpr std::string_view made_key_id = "development";

[[noreturn]] void throw_cannot(const char* verb, const std::filesystem::path& file, int error) {
  throw std::runtime_error(std::string("cannot ") + verb + " " + file.string() + ": " +
                           std::generic_category().message(error));
}

std::string new_secret(Random& random) {
  std::array<std::byte, 32> bytes{};
  random.fill(bytes);
  return to_hex(bytes);
}

auth::SecretBoxKey new_key(Random& random) { return auth::SecretBoxKey::generate(std::string(made_key_id), random); }

struct Secrets {
  std::string access;
  std::string refresh;
  std::string key;  // as SecretBoxKey::parse() reads it

  [[nodiscard]] bool complete() const { return !access.empty() && !refresh.empty() && !key.empty(); }
};

Secrets read_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw_cannot("read", file, errno);
  Secrets out;
  for (std::string line; std::getline(in, line);) {
    const auto take = [&](std::string_view name, std::string& secret) {
      if (line.starts_with(name)) secret = line.substr(name.size());
    };
    take("JWT_SECRET=", out.access);
    take("JWT_REFRESH_SECRET=", out.refresh);
    take("SECRET_KEYS=", out.key);
  }
  return out;
}

// Appends missing secrets. The lock makes concurrently started processes agree: each reads the file again under it.
class SecretsFile {
 public:
  explicit SecretsFile(const std::filesystem::path& file)
      : file_(file), descriptor_(::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) throw_cannot("make", file, errno);
    while (::flock(descriptor_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      const int error = errno;
      ::close(descriptor_);
      throw_cannot("lock", file, error);
    }
  }
  ~SecretsFile() { ::close(descriptor_); }
  SecretsFile(const SecretsFile&) = delete;
  SecretsFile& operator=(const SecretsFile&) = delete;

  Secrets complete(Random& random) {
    Secrets secrets = read_file(file_);
    struct stat state{};
    if (::fstat(descriptor_, &state) != 0) throw_cannot("read", file_, errno);
    std::string text;
    if (state.st_size == 0) text = "# The secrets of this development database. Not for production.\n";
    const auto make = [&](std::string_view name, std::string& secret, std::string made) {
      if (!secret.empty()) return;
      secret = std::move(made);
      text += std::string(name) + secret + '\n';
    };
    // A file with text but without both secrets was damaged: new ones would end every session without a word.
    const bool usable = state.st_size == 0 || (!secrets.access.empty() && !secrets.refresh.empty());
    if (usable) {
      make("JWT_SECRET=", secrets.access, new_secret(random));
      make("JWT_REFRESH_SECRET=", secrets.refresh, new_secret(random));
      make("SECRET_KEYS=", secrets.key, new_key(random).to_text());
      if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw_cannot("write", file_, errno);
    }
    return secrets;
  }

 private:
  const std::filesystem::path& file_;
  const int descriptor_;
};

}  // namespace

std::filesystem::path secrets_file(const Settings& settings) {
  auto path = sqlite_path(settings).value_or("data/ashlar");
  return path.replace_extension(".secrets");
}

void fill_development_secrets(Settings& settings, Random& random) {
  auth::TokenOptions& tokens = settings.tokens;
  if (!tokens.access_secret.empty() && !tokens.refresh_secret.empty() && !settings.secret_keys.empty()) return;
  if (sqlite_path(settings) == ":memory:") {  // gone with the process, and what the secrets protect with it
    if (tokens.access_secret.empty()) tokens.access_secret = new_secret(random);
    if (tokens.refresh_secret.empty()) tokens.refresh_secret = new_secret(random);
    if (settings.secret_keys.empty()) settings.secret_keys.push_back(new_key(random));
    return;
  }
  const std::filesystem::path file = secrets_file(settings);
  Secrets secrets;
  if (std::filesystem::exists(file)) secrets = read_file(file);
  if (!secrets.complete()) {
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    secrets = SecretsFile(file).complete(random);
  }
  if (tokens.access_secret.empty()) tokens.access_secret = secrets.access;
  if (tokens.refresh_secret.empty()) tokens.refresh_secret = secrets.refresh;
  const auto key = auth::SecretBoxKey::parse(secrets.key);
  if (settings.secret_keys.empty() && key) settings.secret_keys.push_back(*key);
  if (tokens.access_secret.size() < secret_bytes_min || tokens.refresh_secret.size() < secret_bytes_min ||
      settings.secret_keys.empty()) {
    throw std::runtime_error(file.string() + " holds no usable secrets: remove it, and new ones are made");
  }
}

}  // namespace ashlar::backend
