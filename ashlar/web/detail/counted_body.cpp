// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/counted_body.hpp"

#include <memory>
#include <utility>

namespace ashlar::web::detail {

namespace {

// Owned by the response's producer, which outlives its task.
class CountedBody final : public http::BodyWriter {
 public:
  CountedBody(http::BodyProducer produce, RequestMetrics& metrics, std::size_t route)
      : produce_(std::move(produce)), metrics_(metrics), route_(route) {}
  ~CountedBody() override {
    if (out_ != nullptr) metrics_.streamed(route_, bytes_);  // null: the body is not sent, as for HEAD
  }

  Task<Result<>> send_to(http::BodyWriter& out) {
    out_ = &out;
    return produce_(*this);
  }
  Task<Result<>> write(std::string_view bytes) override {
    bytes_ += bytes.size();
    return out_->write(bytes);
  }

 private:
  http::BodyProducer produce_;
  RequestMetrics& metrics_;
  const std::size_t route_;
  std::uint64_t bytes_ = 0;
  http::BodyWriter* out_ = nullptr;
};

struct CountedProducer {
  std::unique_ptr<CountedBody> body;
  Task<Result<>> operator()(http::BodyWriter& out) { return body->send_to(out); }
};

}  // namespace

http::BodyProducer counted(http::BodyProducer produce, RequestMetrics& metrics, std::size_t route) {
  return CountedProducer{std::make_unique<CountedBody>(std::move(produce), metrics, route)};
}

}  // namespace ashlar::web::detail
