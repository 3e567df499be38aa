// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/metrics.hpp"

#include <cstddef>

namespace ashlar::web::detail {

// The same body, which tells the metrics how large it was when it ends, however it ends. They outlive it.
[[nodiscard]] http::BodyProducer counted(http::BodyProducer produce, RequestMetrics& metrics, std::size_t route);

}  // namespace ashlar::web::detail
