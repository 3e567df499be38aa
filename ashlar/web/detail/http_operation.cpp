// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/http_operation.hpp"

#include "ashlar/web/detail/app_state.hpp"
#include "ashlar/web/detail/exchange.hpp"

namespace ashlar::web::detail {

namespace {

// Only the App runs these operations, with an HttpInput.
Exchange& exchange_of(api::InputSource& input) { return static_cast<HttpInput&>(input).exchange(); }

}  // namespace

const schema::Type& RawOperation::input() const { return schema::type_of<api::NoInput>(); }
const schema::Type& PageOperation::input() const { return schema::type_of<api::NoInput>(); }

Task<Result<>> RawOperation::call(api::Call& call, api::InputSource& input, api::ReplySink&, api::Gate*) {
  Exchange& exchange = exchange_of(input);
  exchange.add_limit_headers();
  return handler_(call, exchange.request, exchange.response);
}

std::optional<Result<>> PageOperation::try_call(api::Call&, api::InputSource& input, api::ReplySink&, api::Gate*) {
  Exchange& exchange = exchange_of(input);
  exchange.add_limit_headers();
  return make_(*exchange.state.app, exchange.request, exchange.response);
}

Task<Result<>> PageOperation::call(api::Call& call, api::InputSource& input, api::ReplySink& reply, api::Gate* gate) {
  co_return *try_call(call, input, reply, gate);
}

}  // namespace ashlar::web::detail
