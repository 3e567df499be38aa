// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/publication.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace ashlar::audit {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Publication, ReplacesTheLastOneAndThatOfTheDay) {
  const auto parent = std::filesystem::temp_directory_path() / ("ashlar-audit-" + std::to_string(::getpid()));
  const auto folder = parent / "checkpoints";
  const auto day = Timestamp::parse("2026-05-04T23:59:59Z").value();
  EXPECT_FALSE(publish_checkpoint(folder, "one", day));
  EXPECT_FALSE(publish_checkpoint(folder, "two", day));
  EXPECT_FALSE(publish_checkpoint(folder, "three", day + std::chrono::seconds{1}));
  std::set<std::string> names;
  for (const auto& each : std::filesystem::directory_iterator(folder)) names.insert(each.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"checkpoint", "checkpoint-2026-05-04", "checkpoint-2026-05-05"}));
  EXPECT_EQ(text_of(folder / "checkpoint"), "three");
  EXPECT_EQ(text_of(folder / "checkpoint-2026-05-04"), "two");
  EXPECT_TRUE(publish_checkpoint(folder / "checkpoint", "a file is in the way", day));
  std::filesystem::remove_all(parent);
}

}  // namespace
}  // namespace ashlar::audit
