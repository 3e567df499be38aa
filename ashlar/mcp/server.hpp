// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/client.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/mcp/message.hpp"
#include "ashlar/mcp/tools.hpp"
#include "ashlar/version.hpp"
#include "ashlar/web/routes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The Model Context Protocol (https://modelcontextprotocol.io/specification) over streamable HTTP: language models'
// programs list the operations whose route line says .tool(), and call them with the guards, limits, log lines and
// audit entries of every other caller.
//
//   mcp::Server mcp({.name = "shop", .version = "1.0"});
//   mcp::mount(routes, mcp, "/mcp");
//   web::App app(..., std::move(routes));
//   mcp.serve(app.api());
//
// It keeps no sessions and sends nothing by itself: each POST gets one JSON answer; GET and DELETE are 405. It speaks
// revision 2026-07-28, and with clients that begin with `initialize` 2025-11-25, 2025-06-18 and 2025-03-26.
//
// A caller signs in with `Authorization: Bearer` and an access token or an API key. Cookies do not count, so a page of
// another site cannot act for its visitor. A request with an Origin that is not allowed is 403 (DNS rebinding).
namespace ashlar::mcp {

struct ServerOptions {
  std::string name = "ashlar";
  std::string version = std::string(library_version);
  std::string instructions = {};                  // for the model: what the server is for; empty: none
  std::vector<std::string> allowed_origins = {};  // exact; requests without an Origin are no browser's
  std::size_t listed_tools_max = 40;              // with more, three tools search, describe and call them
  std::size_t found_tools_max = 20;               // of a search
  std::size_t body_bytes_max = 1'048'576;
};

// What a request of HTTP says besides its body. Views outlive the answer().
struct RequestFields {
  std::string_view origin{};
  std::string_view protocol_version{};
  std::string_view method{};
  std::string_view name{};
  std::string_view authorization{};
};

struct Answer {
  int status = 200;
  std::string body{};  // JSON; empty: none
};

// Safe from every loop after serve().
class Server {
 public:
  explicit Server(ServerOptions options) : options_(std::move(options)) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Once, before the first request. The Api outlives it. Throws as Tools does.
  void serve(const api::Api& api);
  [[nodiscard]] const ServerOptions& options() const { return options_; }

  // Answers one body. `caller` says from where and until when; its token is taken from the fields.
  [[nodiscard]] Task<Answer> answer(std::string body, RequestFields fields, api::Caller caller) const;

 private:
  enum class Era : std::uint8_t { modern, handshake };
  struct Exchange;
  [[nodiscard]] std::expected<Era, RpcError> era_of(const Message& message, const RequestFields& fields) const;
  [[nodiscard]] Task<Answer> dispatch(Exchange exchange) const;
  [[nodiscard]] Task<Answer> call_tool(Exchange exchange) const;
  [[nodiscard]] Task<Answer> call(Exchange exchange, std::string name, JsonObject arguments) const;
  [[nodiscard]] std::string discovery() const;
  [[nodiscard]] std::string handshake(const Message& message) const;
  [[nodiscard]] std::string tool_list() const;
  [[nodiscard]] std::string server_info() const;
  [[nodiscard]] bool is_listed() const { return tools_->all().size() <= options_.listed_tools_max; }

  const ServerOptions options_;
  std::optional<Tools> tools_;
  std::optional<api::Client> client_;
};

// Adds POST to the path. The server outlives the routes.
void mount(web::Routes& routes, Server& server, std::string_view path);

}  // namespace ashlar::mcp
