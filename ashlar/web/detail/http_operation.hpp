// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/operation.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar::web::detail {

// A handler that uses HTTP directly, behind the same invoke() as every operation. Its InputSource is the App's.
class RawOperation final : public api::Operation {
 public:
  explicit RawOperation(Routes::RawHandler handler) : handler_(std::move(handler)) {}

  [[nodiscard]] const schema::Type& input() const override;
  [[nodiscard]] api::ReplyShape reply() const override { return {}; }
  [[nodiscard]] bool needs_user() const override { return false; }
  [[nodiscard]] std::string_view transport() const override { return "http"; }
  Task<Result<>> call(api::Call& call, api::InputSource& input, api::ReplySink& reply, api::Gate* gate) override;
  std::optional<Result<>> try_call(api::Call&, api::InputSource&, api::ReplySink&, api::Gate*) override {
    return std::nullopt;
  }

 private:
  const Routes::RawHandler handler_;
};

// A page about the App itself.
class PageOperation final : public api::Operation {
 public:
  explicit PageOperation(Routes::PageHandler make) : make_(std::move(make)) {}

  [[nodiscard]] const schema::Type& input() const override;
  [[nodiscard]] api::ReplyShape reply() const override { return {}; }
  [[nodiscard]] bool needs_user() const override { return false; }
  [[nodiscard]] std::string_view transport() const override { return "http"; }
  Task<Result<>> call(api::Call& call, api::InputSource& input, api::ReplySink& reply, api::Gate* gate) override;
  std::optional<Result<>> try_call(api::Call& call, api::InputSource& input, api::ReplySink& reply,
                                   api::Gate* gate) override;

 private:
  const Routes::PageHandler make_;
};

}  // namespace ashlar::web::detail
