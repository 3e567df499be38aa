// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/status.hpp"

#include "ashlar/api/api.hpp"
#include "ashlar/core/base64.hpp"
#include "ashlar/grpc/detail/wire.hpp"
#include "ashlar/schema/json.hpp"

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace ashlar::grpc {

namespace {

struct ConnectStatus {
  std::string_view name;
  int http;
};
constexpr std::array<ConnectStatus, 17> connect_statuses{{
    {"unknown", 200},
    {"canceled", 499},
    {"unknown", 500},
    {"invalid_argument", 400},
    {"deadline_exceeded", 504},
    {"not_found", 404},
    {"already_exists", 409},
    {"permission_denied", 403},
    {"resource_exhausted", 429},
    {"failed_precondition", 400},
    {"aborted", 409},
    {"out_of_range", 400},
    {"unimplemented", 501},
    {"internal", 500},
    {"unavailable", 503},
    {"data_loss", 500},
    {"unauthenticated", 401},
}};

struct Detail {
  std::string_view type;
  std::string bytes;
};

std::vector<Detail> details_of(const Error& error, std::string_view domain) {
  using detail::append_bytes;
  std::vector<Detail> out;
  Detail info{.type = "google.rpc.ErrorInfo", .bytes = {}};
  append_bytes(1, error.code().name, info.bytes);
  append_bytes(2, domain, info.bytes);
  out.push_back(std::move(info));
  if (!error.faults().empty()) {
    Detail bad{.type = "google.rpc.BadRequest", .bytes = {}};
    for (const Fault& fault : error.faults()) {
      std::string violation;
      append_bytes(1, fault.path, violation);
      append_bytes(2, fault.message, violation);
      append_bytes(3, fault.code, violation);
      append_bytes(1, violation, bad.bytes);
    }
    out.push_back(std::move(bad));
  }
  if (error.retry_after().count() > 0) {
    Detail retry{.type = "google.rpc.RetryInfo", .bytes = {}};
    std::string duration;
    detail::append_varint_field(1, static_cast<std::uint64_t>(error.retry_after().count()), duration);
    append_bytes(1, duration, retry.bytes);
    out.push_back(std::move(retry));
  }
  return out;
}

}  // namespace

Status status_of(const Error& error) {
  if (error.code() == api::errors::request_cancelled) return Status::cancelled;
  if (error.code() == api::errors::operation_not_found || error.code() == errors::method_not_found ||
      error.code() == errors::wrong_cardinality || error.code() == errors::unknown_encoding)
    return Status::unimplemented;
  switch (error.kind()) {
    case ErrorKind::malformed:
    case ErrorKind::invalid:
    case ErrorKind::unsupported_media:
      return Status::invalid_argument;
    case ErrorKind::unauthenticated:
      return Status::unauthenticated;
    case ErrorKind::forbidden:
      return Status::permission_denied;
    case ErrorKind::not_found:
      return Status::not_found;
    case ErrorKind::not_allowed:
      return Status::unimplemented;
    case ErrorKind::conflict:
      return Status::failed_precondition;
    case ErrorKind::too_large:
    case ErrorKind::too_many_requests:
      return Status::resource_exhausted;
    case ErrorKind::internal:
      return Status::internal;
    case ErrorKind::unavailable:
      return Status::unavailable;
    case ErrorKind::timed_out:
      return Status::deadline_exceeded;
  }
  return Status::unknown;
}

std::string_view connect_name(Status status) { return connect_statuses[static_cast<std::size_t>(status)].name; }
int connect_http_status(Status status) { return connect_statuses[static_cast<std::size_t>(status)].http; }

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '%') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
  }
  return out;
}

std::string to_unpadded_base64(std::string_view bytes) {
  std::string out = to_base64(std::as_bytes(std::span(bytes)));
  while (out.ends_with('=')) out.pop_back();
  return out;
}

std::string status_details(const Error& error, std::string_view domain) {
  std::string out;
  detail::append_varint_field(1, static_cast<std::uint64_t>(status_of(error)), out);
  detail::append_bytes(2, error.message(), out);
  for (const Detail& each : details_of(error, domain)) {
    std::string any;
    detail::append_bytes(1, "type.googleapis.com/" + std::string(each.type), any);
    detail::append_bytes(2, each.bytes, any);
    detail::append_bytes(3, any, out);
  }
  return out;
}

std::string connect_error(const Error& error, std::string_view domain) {
  std::string out = R"({"code":")" + std::string(connect_name(status_of(error))) + R"(","message":)";
  schema::write_json_string(error.message(), out);
  out += R"(,"details":[)";
  for (const Detail& each : details_of(error, domain)) {
    out += out.ends_with('[') ? R"({"type":")" : R"(,{"type":")";
    out += std::string(each.type) + R"(","value":")" + to_unpadded_base64(each.bytes) + R"("})";
  }
  return out + "]}";
}

}  // namespace ashlar::grpc
