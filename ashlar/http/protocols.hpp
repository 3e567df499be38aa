// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::http {

// What a server speaks, and offers by ALPN (RFC 7301). In clear both are told apart by HTTP/2's preface (RFC 9113
// section 3.3). `http2`: what begins otherwise is a wrong preface (section 3.4), and is answered by GOAWAY and the end.
enum class Protocols : std::uint8_t { http1, http1_and_http2, http2 };

}  // namespace ashlar::http
