// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/security_headers.hpp"

#include <vector>

namespace ashlar::web {

SecurityHeaders::SecurityHeaders() {
  std::vector<http::Field> fields = {
      {"Content-Security-Policy",
       "default-src 'self'; base-uri 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
       "img-src 'self' data:; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self'"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Origin-Agent-Cluster", "?1"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-DNS-Prefetch-Control", "off"},
      {"X-Download-Options", "noopen"},
      {"X-Frame-Options", "DENY"},
      {"X-Permitted-Cross-Domain-Policies", "none"},
      {"X-XSS-Protection", "0"},  // the filter of old browsers did more harm than good
  };
  plain_ = http::HeaderBlock(fields);
  fields.push_back({"Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"});
  over_tls_ = http::HeaderBlock(fields);
}

}  // namespace ashlar::web
