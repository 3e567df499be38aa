// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/checkpoint.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::audit {
namespace {

const std::string seed(32, 's');

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST(Checkpoints, AreSignedNotes) {
  const CheckpointSigner signer("ashlar.example/audit", seed);
  const std::string note = signer.sign(3, empty_root());
  EXPECT_TRUE(
      note.starts_with("ashlar.example/audit\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
                       "\xe2\x80\x94 ashlar.example/audit "));
  const auto opened = CheckpointVerifier::parse(signer.verifier().to_text())->open(note);
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(*opened, (Checkpoint{.origin = "ashlar.example/audit", .size = 3, .root = empty_root()}));
}

// The key of the examples of Go's golang.org/x/mod/sumdb/note, which writes it so.
TEST(Checkpoints, NameKeysAsGoDoes) {
  const auto key = from_base64("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").value();
  const CheckpointSigner signer("PeterNeumann", std::string_view(key).substr(1));
  EXPECT_EQ(signer.verifier().to_text(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

TEST(Checkpoints, RefuseWhatWasChanged) {
  const CheckpointSigner signer("log", seed);
  const auto& verifier = signer.verifier();
  const std::string note = signer.sign(30, empty_root());
  const std::string by_another = CheckpointSigner("log", std::string(32, 'x')).sign(30, empty_root());
  const std::string of_another = CheckpointSigner("other", seed).sign(30, empty_root());
  for (const auto& wrong : std::vector<std::string>{
           "", "\n\n", replaced(note, "30", "31"), replaced(note, "30", "030"), replaced(note, "log\n", "lag\n"),
           replaced(note, "\n\n", "\n"), note.substr(0, note.size() - 1), note.substr(0, note.find("\n\n") + 2),
           note + "more\n", by_another, of_another, replaced(note, "47DE", "47DF")}) {
    EXPECT_EQ(verifier.open(wrong).error().code().name, "audit.checkpoint_invalid") << wrong;
  }
  const std::string witnessed =
      note + by_another.substr(by_another.find("\n\n") + 2) + of_another.substr(of_another.find("\n\n") + 2);
  EXPECT_TRUE(verifier.open(witnessed)) << "signatures of others are ignored";
}

TEST(Checkpoints, RefuseKeysAndOrigins) {
  for (const char* wrong : {"", "log", "log+00000000+AA==", "log+12345678+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                            "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"})
    EXPECT_EQ(CheckpointVerifier::parse(wrong).error().code().name, "audit.key_invalid") << wrong;
  EXPECT_THROW(CheckpointSigner("log", "short"), std::invalid_argument);
  for (const char* wrong : {"", "a b", "a+b", "a\nb"})
    EXPECT_THROW(CheckpointSigner(wrong, seed), std::invalid_argument);
}

}  // namespace
}  // namespace ashlar::audit
