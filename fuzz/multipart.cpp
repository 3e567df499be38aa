// SPDX-License-Identifier: Apache-2.0
// A multipart body, read whole and in small pieces: both come to the same end with the same parts, whose names are text
// and whose contents are pieces of the body.
#include "ashlar/web/detail/multipart.hpp"

#include "ashlar/core/encoding.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace ashlar;
using Event = web::MultipartParser::Event;

// Everything that came out, as one text.
std::string read(std::string_view body, fuzz::Arrivals::Pieces pieces) {
  web::MultipartParser parser("b", {.parts_max = 8, .header_bytes_max = 512, .name_bytes_max = 64});
  fuzz::Arrivals arrivals(body, pieces);
  std::size_t added = 0;
  std::string out;
  while (true) {
    const auto event = parser.next();
    if (!event) {
      if (event.error().message().empty()) fuzz::broken("a refusal says why");
      return "refused";
    }
    if (*event == Event::need_more) {
      if (!arrivals.more()) return parser.finish() ? out : "refused";
      const std::string_view more = arrivals.from(added);
      parser.add(more);
      added += more.size();
    } else if (*event == Event::part) {
      const auto& part = parser.part();
      if (!is_utf8(part.name) || part.name.empty()) fuzz::broken("a name is text");
      out.append("\n[").append(part.name).append("]");
      if (part.file_name) {
        const std::string safe = web::safe_file_name(*part.file_name);
        if (safe.empty() || safe.size() > 201 || safe.find_first_of("/\\:") != safe.npos || safe.front() == '.')
          fuzz::broken("a file's name is safe");
        if (!is_utf8(safe)) fuzz::broken("a file's name is text");
        out.append("(").append(safe).append(")");
      }
    } else if (*event == Event::data) {
      if (parser.data().empty()) fuzz::broken("there is data in data");
      out += parser.data();
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  fuzz::require_same(read(bytes, fuzz::Arrivals::Pieces::all_at_once), read(bytes, fuzz::Arrivals::Pieces::small),
                     "the pieces that it comes in make no difference");
  (void)web::multipart_boundary(bytes);
  return 0;
}
