// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/http2_test_frames.hpp"
#include "tests/support/http2_client.hpp"

namespace ashlar::http::detail {
using test::Http2Answer;
using test::Http2TestClient;
}  // namespace ashlar::http::detail
