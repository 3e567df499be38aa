// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/http2_frames.hpp"

namespace ashlar::http::detail {
using test::Frame;
using test::Http2Fields;
using test::Http2Frames;
}  // namespace ashlar::http::detail
