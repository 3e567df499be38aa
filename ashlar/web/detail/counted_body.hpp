// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/metrics.hpp"

#include <cstddef>

namespace ashlar::web::detail {

// A body that reports its size to the metrics when it ends, in whatever way. They outlive it.
[[nodiscard]] http::BodyProducer counted(http::BodyProducer produce, RequestMetrics& metrics, std::size_t route);

}  // namespace ashlar::web::detail
