// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/breach_ranges.hpp"

#include "ashlar/http/client/client.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

Error unavailable(std::string cause) {
  return Error(errors::breaches_unavailable, "Leaked passwords cannot be looked up.").with_cause(std::move(cause));
}

}  // namespace

HttpBreachRanges::HttpBreachRanges(std::string url) : url_(url.ends_with('/') ? std::move(url) : url + '/') {}
HttpBreachRanges::~HttpBreachRanges() = default;

void HttpBreachRanges::start(const std::vector<boost::asio::io_context*>& loops) {
  client_ = std::make_unique<http::Client>(
      loops, http::ClientOptions{.response_body_bytes_max = response_bytes_max, .resolver = nullptr, .clock = nullptr});
}

void HttpBreachRanges::close() { client_.reset(); }

Task<Result<std::string>> HttpBreachRanges::range(std::string prefix) const {
  if (!client_) co_return std::unexpected(unavailable("not started"));
  auto response = co_await unwrap(client_->send({.url = url_ + prefix,
                                                 .fields = {{"Add-Padding", "true"}},
                                                 .egress = http::EgressPolicy::operator_configured()}));
  if (response.status != 200) co_return std::unexpected(unavailable("status " + std::to_string(response.status)));
  co_return std::move(response.body);
}

}  // namespace ashlar::backend
