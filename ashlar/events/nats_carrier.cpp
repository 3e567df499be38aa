// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/nats_carrier.hpp"

#include <nats/nats.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace ashlar::events {

namespace {

template <class T, auto Destroy>
struct Deleter {
  void operator()(T* object) const { Destroy(object); }
};
using Options = std::unique_ptr<natsOptions, Deleter<natsOptions, natsOptions_Destroy>>;
using Server = std::unique_ptr<natsConnection, Deleter<natsConnection, natsConnection_Destroy>>;
using JetStream = std::unique_ptr<jsCtx, Deleter<jsCtx, jsCtx_Destroy>>;
using Message = std::unique_ptr<natsMsg, Deleter<natsMsg, natsMsg_Destroy>>;

constexpr std::string_view plain_scheme = "nats://";
constexpr std::string_view tls_scheme = "tls://";

std::unexpected<Error> unavailable(natsStatus status) {
  return std::unexpected(
      Error(errors::carrier_unavailable, "NATS is unreachable.").with_cause(natsStatus_GetText(status)));
}

// Waits for the acknowledgements of a batch. The library calls acknowledged() from its own threads.
class Acknowledgements {
 public:
  void begin(std::size_t count) {
    const std::lock_guard lock(mutex_);
    pending_ = count;
    error_.reset();
  }
  Result<> wait(std::chrono::milliseconds time_max) {
    std::unique_lock lock(mutex_);
    const bool in_time = done_.wait_for(lock, time_max, [this] { return pending_ == 0 || error_; });
    if (error_) return std::unexpected(std::move(*error_));
    if (!in_time) return unavailable(NATS_TIMEOUT);
    return {};
  }

  static void acknowledged(jsCtx*, natsMsg* message, jsPubAck*, jsPubAckErr* error, void* closure) {
    const Message owned(message);
    static_cast<Acknowledgements*>(closure)->count(error);
  }

 private:
  void count(const jsPubAckErr* error) {
    const std::lock_guard lock(mutex_);
    if (error != nullptr && !error_) {
      error_ = Error(errors::carrier_refused, "NATS refused an event.")
                   .with_cause(error->ErrText != nullptr ? error->ErrText : natsStatus_GetText(error->Err));
    }
    if (pending_ > 0) --pending_;
    if (pending_ == 0 || error_) done_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable done_;
  std::size_t pending_ = 0;
  std::optional<Error> error_;
};

Result<Server> connect(const NatsCarrierOptions& options) {
  natsOptions* made = nullptr;
  if (const auto status = natsOptions_Create(&made); status != NATS_OK) return unavailable(status);
  const Options held(made);
  std::vector<std::string> urls;
  for (std::size_t at = 0; at <= options.url.size();) {
    const std::size_t end = std::min(options.url.find(',', at), options.url.size());
    urls.push_back(options.url.substr(at, end - at));
    at = end + 1;
  }
  std::vector<const char*> servers;
  for (const std::string& url : urls) servers.push_back(url.c_str());
  natsStatus status = natsOptions_SetServers(made, servers.data(), static_cast<int>(servers.size()));
  // A connection that fails is replaced by the next send(): what it has in flight must not be sent by itself later.
  if (status == NATS_OK) status = natsOptions_SetAllowReconnect(made, false);
  if (status == NATS_OK) status = natsOptions_SetTimeout(made, options.connect_time_max.count());
  if (status == NATS_OK && options.url.starts_with(tls_scheme)) {
    status = natsOptions_SetSecure(made, true);
    if (status == NATS_OK) status = natsOptions_LoadCATrustedCertificates(made, options.ca_file.c_str());
  }
  if (status == NATS_OK && !options.credentials_file.empty())
    status = natsOptions_SetUserCredentialsFromFiles(made, options.credentials_file.c_str(), nullptr);
  natsConnection* connection = nullptr;
  if (status == NATS_OK) status = natsConnection_Connect(&connection, made);
  if (status != NATS_OK) return unavailable(status);
  return Server(connection);
}

Result<> make_stream(jsCtx* jetstream, const NatsCarrierOptions& options) {
  jsErrCode code{};
  jsStreamInfo* info = nullptr;
  natsStatus status = js_GetStreamInfo(&info, jetstream, options.stream.c_str(), nullptr, &code);
  jsStreamInfo_Destroy(info);
  if (status == NATS_OK) return {};
  if (status != NATS_NOT_FOUND) return unavailable(status);
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  const std::string subjects = options.subject + ".>";
  const char* list[] = {subjects.c_str()};
  config.Name = options.stream.c_str();
  config.Subjects = list;
  config.SubjectsLen = 1;
  config.MaxMsgs = options.length_max;
  config.Replicas = options.replicas;
  info = nullptr;
  status = js_AddStream(&info, jetstream, &config, nullptr, &code);
  jsStreamInfo_Destroy(info);
  if (status == NATS_OK) return {};
  return std::unexpected(Error(errors::carrier_refused, "NATS refused to make the stream.")
                             .with_cause(std::string(natsStatus_GetText(status)) + " " + std::to_string(code)));
}

}  // namespace

Result<> check_nats_url(std::string_view url) {
  while (true) {
    const std::string_view one = url.substr(0, url.find(','));
    const auto scheme = one.starts_with(plain_scheme) ? plain_scheme : tls_scheme;
    if (!one.starts_with(scheme) || one.size() == scheme.size() || one.find_first_of(" \t\r\n") != one.npos)
      return fail(errors::invalid_nats_url, "expected nats://HOST:PORT or tls://HOST:PORT, several with commas");
    if (one.size() == url.size()) return {};
    url.remove_prefix(one.size() + 1);
  }
}

struct NatsCarrier::Connection {
  Server server;
  JetStream jetstream;
  Acknowledgements* acknowledgements = nullptr;
};

// The library may call back for a connection that was given up. So these live as long as the carrier: some hundred
// bytes for each connection that was lost.
struct NatsCarrier::Callbacks {
  std::deque<Acknowledgements> all;
};

NatsCarrier::NatsCarrier(NatsCarrierOptions options)
    : options_(std::move(options)),
      callbacks_(std::make_unique<Callbacks>()),
      pool_({.threads = 1, .queue_max = 16, .name = "nats"}) {
  if (const auto checked = check_nats_url(options_.url); !checked)
    throw std::invalid_argument(checked.error().message());
}

NatsCarrier::~NatsCarrier() = default;

Task<Result<>> NatsCarrier::send(std::vector<Event> events) {
  if (events.empty()) co_return Result<>{};
  auto sent = co_await unwrap(pool_.run([this, events = std::move(events)] {
    auto done = send_blocking(events);
    if (!done) connection_.reset();
    return done;
  }));
  co_return sent;
}

Result<> NatsCarrier::send_blocking(const std::vector<Event>& events) {
  if (!connection_) {
    auto server = connect(options_);
    if (!server) return std::unexpected(std::move(server.error()));
    connection_ = std::make_unique<Connection>();
    connection_->server = std::move(*server);
    connection_->acknowledgements = &callbacks_->all.emplace_back();
    jsOptions made;
    jsOptions_Init(&made);
    made.Wait = options_.ack_time_max.count();
    made.PublishAsync.AckHandler = &Acknowledgements::acknowledged;
    made.PublishAsync.AckHandlerClosure = connection_->acknowledgements;
    jsCtx* context = nullptr;
    if (const auto status = natsConnection_JetStream(&context, connection_->server.get(), &made); status != NATS_OK)
      return unavailable(status);
    connection_->jetstream.reset(context);
    if (auto stream = make_stream(context, options_); !stream) return stream;
  }
  connection_->acknowledgements->begin(events.size());
  std::string last_id;
  for (const Event& event : events) {
    const std::string subject = options_.subject + "." + event.type;
    const std::string body = schema::to_json(event);
    const std::string id = event.id.to_string();
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = options_.ack_time_max.count();
    options.MsgId = id.c_str();
    if (!last_id.empty()) options.ExpectLastMsgId = last_id.c_str();
    const auto status = js_PublishAsync(connection_->jetstream.get(), subject.c_str(), body.data(),
                                        static_cast<int>(body.size()), &options);
    if (status != NATS_OK) return unavailable(status);
    last_id = id;
  }
  return connection_->acknowledgements->wait(options_.ack_time_max);
}

}  // namespace ashlar::events
