// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

namespace ashlar::web {

// The fields that tell a browser to be careful, as helmet sets them, prepared once. A handler that needs another value
// (a page with scripts) sets its own over it. Strict-Transport-Security goes out over TLS alone (RFC 6797 section 7.2).
class SecurityHeaders {
 public:
  SecurityHeaders();
  void add_to(http::ResponseHeaders& headers, http::Scheme scheme) const {
    headers.add(scheme == http::Scheme::https ? over_tls_ : plain_);
  }

 private:
  http::HeaderBlock plain_;
  http::HeaderBlock over_tls_;
};

}  // namespace ashlar::web
