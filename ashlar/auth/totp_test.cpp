// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/totp.hpp"

#include "ashlar/auth/recovery_codes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <png.h>

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::auth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

// RFC 6238 appendix B, whose codes have eight digits; six are their end.
const std::string rfc_secret = "12345678901234567890";
constexpr Timestamp at(std::int64_t seconds) { return Timestamp::from_milliseconds(seconds * 1000); }

TEST(Totp, RefusesMalformedCodes) {
  for (const std::string& code :
       {std::string(), std::string("28708"), std::string("2870820"), std::string(" 287082"), std::string("28708 "),
        std::string("+87082"), std::string("-87082"), std::string("28708a"), std::string("287082\0", 7),
        std::string("28\0", 3) + "708", std::string("\xef\xbc\x92\xef\xbc\x98"), std::string("287083"),
        std::string("94287082")}) {
    EXPECT_EQ(verify_totp(rfc_secret, code, at(59), std::nullopt), std::nullopt) << code;
  }
  EXPECT_EQ(verify_totp(rfc_secret, "287082", at(59), std::nullopt), 1);
  EXPECT_EQ(verify_totp("12345678901234567891", "287082", at(59), std::nullopt), std::nullopt);
  for (const int window : {-1, 3, 100}) {
    EXPECT_THROW(static_cast<void>(verify_totp(rfc_secret, "287082", at(59), std::nullopt, {.window_steps = window})),
                 std::invalid_argument);
  }
}

TEST(Totp, MakesTheCodesOfTheRfc) {
  for (const auto& [seconds, code] : std::vector<std::pair<std::int64_t, std::string>>{{59, "287082"},
                                                                                       {1111111109, "081804"},
                                                                                       {1111111111, "050471"},
                                                                                       {1234567890, "005924"},
                                                                                       {2000000000, "279037"},
                                                                                       {20000000000, "353130"}}) {
    EXPECT_EQ(totp_code(rfc_secret, at(seconds)), code);
    EXPECT_EQ(verify_totp(rfc_secret, code, at(seconds), std::nullopt), seconds / 30);
  }
}

TEST(Totp, AcceptsTheStepsOfItsWindowOnly) {
  constexpr std::int64_t step = 58'790'460, begin = step * 30;
  const std::string code = totp_code(rfc_secret, at(begin));
  for (const int window : {0, 1, 2}) {
    const auto accepted = [&](Timestamp now) {
      return verify_totp(rfc_secret, code, now, std::nullopt, {.window_steps = window}) == step;
    };
    EXPECT_TRUE(accepted(at(begin - 30 * window)));
    EXPECT_FALSE(accepted(at(begin - 30 * window) - 1ms));
    EXPECT_TRUE(accepted(at(begin + 30 * (window + 1)) - 1ms));
    EXPECT_FALSE(accepted(at(begin + 30 * (window + 1))));
  }
}

TEST(Totp, AcceptsACodeOnce) {
  constexpr std::int64_t step = 58'790'460;
  const Timestamp now = at(step * 30);
  const std::string before = totp_code(rfc_secret, now - 30s), code = totp_code(rfc_secret, now);
  const auto first = verify_totp(rfc_secret, code, now, std::nullopt);
  ASSERT_EQ(first, step);
  EXPECT_EQ(verify_totp(rfc_secret, code, now, first), std::nullopt);
  EXPECT_EQ(verify_totp(rfc_secret, code, now + 30s, first), std::nullopt);  // still within the window
  EXPECT_EQ(verify_totp(rfc_secret, before, now, first), std::nullopt);      // nor an older one after a newer one
  EXPECT_EQ(verify_totp(rfc_secret, totp_code(rfc_secret, now + 30s), now, first), step + 1);
  EXPECT_EQ(verify_totp(rfc_secret, code, now, step - 1), step);
}

// Two steps of one window can have the same code; accepting the later one must end both.
TEST(Totp, EqualCodesOfTwoStepsAreUsedUpTogether) {
  constexpr std::int64_t step = 50'424'280;
  ASSERT_EQ(totp_code(rfc_secret, at(step * 30)), "070562");
  ASSERT_EQ(totp_code(rfc_secret, at((step + 1) * 30)), "070562");
  const std::string code = totp_code(rfc_secret, at(step * 30));
  const auto used = verify_totp(rfc_secret, code, at(step * 30), std::nullopt);
  EXPECT_EQ(used, step + 1);
  EXPECT_EQ(verify_totp(rfc_secret, code, at(step * 30), used), std::nullopt);
}

TEST(Totp, DescribesItselfToAnAuthenticator) {
  SystemRandom random;
  const std::string secret = new_totp_secret(random);
  EXPECT_EQ(secret.size(), 20U);
  EXPECT_NE(secret, new_totp_secret(random));
  EXPECT_THAT(totp_secret_text(secret), MatchesRegex("[A-Z2-7]{32}"));
  EXPECT_EQ(totp_secret_text(rfc_secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(
      otpauth_url("Ash & Lar: x", "ada+x@example.org", rfc_secret),
      "otpauth://totp/Ash%20%26%20Lar%3A%20x:ada%2Bx%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer="
      "Ash%20%26%20Lar%3A%20x&algorithm=SHA1&digits=6&period=30");
}

// The image by libpng, as grey pixels.
struct Picture {
  std::size_t side = 0;
  std::vector<std::uint8_t> pixels;
};
Picture decode(std::string_view url) {
  constexpr std::string_view start = "data:image/png;base64,";
  EXPECT_THAT(std::string(url), StartsWith(std::string(start)));
  const std::string base64(url.substr(start.size()));
  std::vector<std::uint8_t> bytes(base64.size());
  const int size = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                                   static_cast<int>(base64.size()));
  EXPECT_GT(size, 0);
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&png, bytes.data(), static_cast<std::size_t>(size)), 0) << png.message;
  png.format = PNG_FORMAT_GRAY;
  Picture out{.side = png.width, .pixels = std::vector<std::uint8_t>(PNG_IMAGE_SIZE(png))};
  EXPECT_EQ(png.width, png.height);
  EXPECT_NE(png_image_finish_read(&png, nullptr, out.pixels.data(), 0, nullptr), 0) << png.message;
  return out;
}

TEST(QrCode, RefusesTextsThatDoNotFit) {
  EXPECT_EQ(qr_code_data_url(""), std::nullopt);
  EXPECT_EQ(qr_code_data_url(std::string(1001, 'x')), std::nullopt);
  EXPECT_TRUE(qr_code_data_url(std::string(1000, '\xff')));
}

TEST(QrCode, HasFindersInThreeCornersAndAMargin) {
  const Picture picture = decode(qr_code_data_url(otpauth_url("Ashlar", "ada@example.org", rfc_secret)).value());
  constexpr std::size_t pixels = 6, margin = 4;
  ASSERT_EQ(picture.side % pixels, 0U);
  const std::size_t modules = picture.side / pixels - 2 * margin;
  EXPECT_EQ((modules - 17) % 4, 0U);  // ISO/IEC 18004: 17 + 4 * version
  const auto dark = [&](std::size_t x, std::size_t y) {
    return picture.pixels[(y * pixels + pixels / 2) * picture.side + x * pixels + pixels / 2] == 0;
  };
  for (const auto& [x0, y0] :
       {std::pair(margin, margin), std::pair(margin + modules - 7, margin), std::pair(margin, margin + modules - 7)}) {
    for (std::size_t y = 0; y < 7; ++y) {
      for (std::size_t x = 0; x < 7; ++x) {
        const std::size_t ring = std::min({x, y, 6 - x, 6 - y});
        EXPECT_EQ(dark(x0 + x, y0 + y), ring != 1) << x << ' ' << y;
      }
    }
  }
  for (std::size_t i = 0; i < picture.side / pixels; ++i) {
    for (std::size_t m = 0; m < margin; ++m) {
      EXPECT_FALSE(dark(i, m) || dark(m, i) || dark(i, picture.side / pixels - 1 - m));
    }
  }
}

TEST(RecoveryCodes, RefusesMalformedText) {
  SystemRandom random;
  const std::string text = new_recovery_codes(random)[0].text;
  for (const std::string& typed :
       {std::string(), text.substr(1), text + "0", std::string(24, 'u'), std::string(24, '-'),
        text.substr(0, text.size() - 1) + "!", text + std::string(1, '\0'), std::string(100'000, '0')}) {
    EXPECT_EQ(recovery_code_hash(typed), std::nullopt) << typed.substr(0, 30);
  }
}

TEST(RecoveryCodes, AreTenOf120Bits) {
  SystemRandom random;
  std::set<std::string> texts, hashes;
  for (int round = 0; round < 100; ++round) {
    for (const RecoveryCode& code : new_recovery_codes(random)) {
      EXPECT_THAT(code.text, MatchesRegex("([0-9a-hjkmnp-tv-z]{6}-){3}[0-9a-hjkmnp-tv-z]{6}"));
      EXPECT_THAT(code.hash, MatchesRegex("[0-9a-f]{64}"));
      EXPECT_THAT(code.hash, Not(HasSubstr(code.text.substr(0, 6))));
      EXPECT_EQ(recovery_code_hash(code.text), code.hash);
      texts.insert(code.text);
      hashes.insert(code.hash);
    }
  }
  EXPECT_EQ(texts.size(), 1000U);
  EXPECT_EQ(hashes.size(), 1000U);
}

TEST(RecoveryCodes, AreReadAsPeopleTypeThem) {
  const auto hash = recovery_code_hash("0101ab-cdefgh-jkmnpq-rstvwx");
  ASSERT_TRUE(hash);
  for (const std::string_view typed : {"0101AB-CDEFGH-JKMNPQ-RSTVWX", "oIoLab cdefgh jkmnpq rstvwx",
                                       "0101abcdefghjkmnpqrstvwx", " OlOiab--cdefghjkmnpq-rstvwx "}) {
    EXPECT_EQ(recovery_code_hash(typed), hash) << typed;
  }
  EXPECT_NE(recovery_code_hash("0101ab-cdefgh-jkmnpq-rstvwy"), hash);
}

}  // namespace
}  // namespace ashlar::auth
