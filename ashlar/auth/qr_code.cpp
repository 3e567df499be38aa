// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/auth/totp.hpp"

#include <png.h>
#include <qrencode.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

namespace ashlar::auth {
namespace {

constexpr std::size_t text_bytes_max = 1000;
constexpr std::size_t margin_modules = 4;  // ISO/IEC 18004 asks for four
constexpr std::size_t module_pixels = 6;

struct ReleaseCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};
using Code = std::unique_ptr<QRcode, ReleaseCode>;

// Grey, a byte a pixel.
struct Image {
  std::size_t side = 0;
  std::vector<std::uint8_t> pixels;
};

Image draw(const QRcode& code) {
  const auto width = static_cast<std::size_t>(code.width);
  Image out{.side = (width + 2 * margin_modules) * module_pixels, .pixels = {}};
  out.pixels.assign(out.side * out.side, 255);
  for (std::size_t y = 0; y < width * module_pixels; ++y) {
    for (std::size_t x = 0; x < width * module_pixels; ++x) {
      const bool dark = (code.data[y / module_pixels * width + x / module_pixels] & 1U) != 0;
      const std::size_t row = y + margin_modules * module_pixels, column = x + margin_modules * module_pixels;
      if (dark) out.pixels[row * out.side + column] = 0;
    }
  }
  return out;
}

std::vector<std::uint8_t> to_png(const Image& image) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.side);
  png.height = static_cast<png_uint_32>(image.side);
  png.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  std::vector<std::uint8_t> out(size);
  if (png_image_write_to_memory(&png, out.data(), &size, 0, image.pixels.data(), 0, nullptr) == 0) {
    throw std::runtime_error(std::string("libpng: ") + png.message);
  }
  out.resize(size);
  return out;
}

}  // namespace

std::optional<std::string> qr_code_data_url(std::string_view text) {
  if (text.empty() || text.size() > text_bytes_max) return std::nullopt;
  const Code code(QRcode_encodeData(static_cast<int>(text.size()), detail::bytes_of(text), 0, QR_ECLEVEL_M));
  if (!code) throw std::runtime_error("libqrencode: QRcode_encodeData");
  const std::vector<std::uint8_t> png = to_png(draw(*code));
  std::string base64((png.size() + 2) / 3 * 4 + 1, '\0');  // and OpenSSL's NUL
  const int size = EVP_EncodeBlock(detail::bytes_of(base64), png.data(), static_cast<int>(png.size()));
  base64.resize(static_cast<std::size_t>(size));
  return "data:image/png;base64," + base64;
}

}  // namespace ashlar::auth
