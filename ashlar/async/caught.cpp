// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/caught.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace ashlar::async::detail {

Error error_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;
    return Error(errors::internal, {}).with_cause(error.what());
  } catch (const std::exception& error) {
    return Error(errors::internal, {}).with_cause(error.what());
  }
}

}  // namespace ashlar::async::detail
