// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::http {

// The protocols of a server, also offered by ALPN (RFC 7301). Without TLS, `both` recognises HTTP/2 by its preface (RFC
// 9113 section 3.3). `http2`: any other start is an invalid preface (section 3.4), answered by GOAWAY and the end of
// the connection.
enum class Protocols : std::uint8_t { http1, http1_and_http2, http2 };

}  // namespace ashlar::http
