// SPDX-License-Identifier: Apache-2.0
#include "tests/support/smtp_server.hpp"

#include <openssl/evp.h>
#include <simdjson.h>

#include <sstream>
#include <stdexcept>
#include <string_view>

namespace ashlar::test {

namespace {

Command command_of(const std::vector<std::string>& options, const std::filesystem::path& folder) {
  Command out{.words = {"/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/bin/python3",
                        ASHLAR_SOURCE_DIR "/tests/support/smtp_server.py"},
              .folder = folder};
  out.words.insert(out.words.end(), options.begin(), options.end());
  return out;
}

std::string from_base64(std::string_view text) {
  std::string out(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) throw std::runtime_error("the SMTP server printed no base64");
  std::size_t padding = 0;
  while (padding < 2 && text.size() > padding && text[text.size() - 1 - padding] == '=') ++padding;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string text_of(const simdjson::dom::element& mail, const char* name) {
  return std::string(std::string_view(mail[name]));
}

}  // namespace

SmtpServerProcess::SmtpServerProcess(const std::vector<std::string>& options)
    : process_(command_of(options, folder_.path())) {
  process_.wait_for(" ready");
  const std::string out = process_.out();
  port_ = static_cast<std::uint16_t>(std::stoi(out.substr(out.find("port ") + 5)));
}

std::vector<ReceivedMail> SmtpServerProcess::mails(std::size_t at_least) {
  if (at_least > 0) process_.wait_for(" end " + std::to_string(at_least) + "\n");
  std::vector<ReceivedMail> out;
  std::istringstream lines(process_.out());
  simdjson::dom::parser parser;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("mail ")) continue;
    const simdjson::dom::element mail = parser.parse(line.substr(5, line.rfind(" end ") - 5));
    out.push_back({.from = text_of(mail, "from"),
                   .to = std::string(std::string_view(mail["to"].at(0))),
                   .user = text_of(mail, "user"),
                   .hello = text_of(mail, "hello"),
                   .message = from_base64(text_of(mail, "message")),
                   .peer = static_cast<int>(std::int64_t(mail["peer"])),
                   .tls = bool(mail["tls"])});
  }
  return out;
}

}  // namespace ashlar::test
