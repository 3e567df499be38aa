// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/detail/runner.hpp"

#include "ashlar/api/reply.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/jobs/call.hpp"
#include "ashlar/jobs/detail/context.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <exception>

namespace ashlar::jobs::detail {

namespace {

constexpr std::size_t error_bytes_max = 2'000;
constexpr std::size_t result_bytes_max = 64 * 1024;

class JobTransport final : public api::Transport {
 public:
  explicit JobTransport(std::string_view kind) : kind_(kind) {}

  [[nodiscard]] std::string_view name() const override { return "job"; }
  [[nodiscard]] std::string_view target() const override { return kind_; }
  [[nodiscard]] bool late() const override { return std::chrono::steady_clock::now() >= deadline_; }
  [[nodiscard]] api::Credential credential(const api::Call&) override { return {}; }
  [[nodiscard]] std::string_view field(std::string_view) const override { return {}; }
  [[nodiscard]] std::optional<Error> refuse(const api::Endpoint&, const api::Call&) override { return std::nullopt; }
  void set_rate_limit(const api::RateLimitDecision&) override {}
  void set_deadline(Clock::Steady deadline) { deadline_ = deadline; }

 private:
  const std::string_view kind_;
  Clock::Steady deadline_ = Clock::Steady::max();
};

class ArgumentsInput final : public api::InputSource {
 public:
  ArgumentsInput(std::string_view json, Attempt& attempt) : json_(json), attempt_(attempt) {}

  std::optional<Result<>> try_read(const schema::Type& type, void* value) override {
    attempt_.admitted = true;
    auto read = schema::read_json(json_, type, value);
    std::vector<Fault> faults;
    if (read) schema::refine(type, value, "/", faults);
    if (read && faults.empty()) return Result<>{};
    attempt_.is_final = true;
    std::string message = "The arguments do not fit this kind of job any more.";
    const auto& all = read ? faults : read.error().faults();
    for (const Fault& fault : all) message += " " + fault.path + ": " + fault.message + ".";
    return fail(errors::unreadable, std::move(message));
  }
  Task<Result<>> read(const schema::Type& type, void* value) override { co_return *try_read(type, value); }

 private:
  const std::string_view json_;
  Attempt& attempt_;
};

class ResultSink final : public api::ReplySink {
 public:
  void write(const api::ReplyView& view) override {
    if (view.shape.kind == api::ReplyShape::Kind::none || view.shape.streams()) return;
    std::string json;
    const bool page = view.shape.kind == api::ReplyShape::Kind::page;
    schema::write_json(page ? *view.items_type : *view.shape.type, view.value, json);
    if (json.size() <= result_bytes_max) result = std::move(json);
  }
  void fail(const Error& failed) override { error.emplace(failed); }

  std::optional<std::string> result;
  std::optional<Error> error;
};

Task<Result<>> invoke_in_api(const api::Api& api, api::Invocation invocation) {
  co_await api.invoke(std::move(invocation));
  co_return Result<>{};
}

// Text of other systems can hold what a database does not take as text.
std::string printable(std::string text) {
  for (char& c : text) {
    if ((c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == '\x7f') c = ' ';
  }
  return is_utf8(text) ? text : std::string("(the text of the error is not UTF-8)");
}

std::string text_of(const Error& error) {
  std::string out(error.code().name);
  const std::string& said = error.message().empty() ? error.cause() : error.message();
  if (!said.empty()) out += ": " + said;
  if (!error.message().empty() && !error.cause().empty()) out += " (" + error.cause() + ")";
  if (out.size() > error_bytes_max) {
    std::size_t end = error_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
    out.resize(end);
  }
  return printable(std::move(out));
}

// The job is dead without running.
std::unexpected<Error> refuse_for_good(Attempt& attempt, ErrorCode code, std::string message) {
  attempt.is_final = true;
  return fail(code, std::move(message));
}

// The guard refused the principal: another attempt would be refused as well.
bool is_refusal(const Attempt& attempt, const Error& error) {
  return !attempt.admitted && (error.kind() == ErrorKind::forbidden || error.kind() == ErrorKind::unauthenticated);
}

std::optional<std::string> undeclared_step(const Attempt& attempt) {
  if (attempt.kind->steps.empty()) return std::nullopt;
  for (const StoredStep& step : attempt.steps) {
    if (std::ranges::find(attempt.kind->steps, step.name) == attempt.kind->steps.end()) return step.name;
  }
  return std::nullopt;
}

}  // namespace

Task<Result<std::string>> Runner::prepare(Attempt& attempt) const {
  const ClaimedJob& job = attempt.job;
  if (attempt.kind == nullptr)
    co_return refuse_for_good(attempt, errors::unknown_kind,
                              "This program has no handler for the kind " + job.kind + ".");
  if (job.not_after && *job.not_after < api_.environment().clock->now())
    co_return refuse_for_good(attempt, errors::expired, "The job had not begun when its time was over.");
  if (job.attempt > job.attempts_max)
    co_return refuse_for_good(attempt, errors::worker_lost, "The worker that ran the last attempt stopped responding.");
  if (job.attempt > 1 || job.retries > 0) attempt.steps = co_await unwrap(store_.steps(job.id));
  if (const auto step = undeclared_step(attempt))
    co_return refuse_for_good(attempt, errors::unknown_step,
                              "The handler does not declare the stored step " + *step + ".");
  if (attempt.kind->arguments == Kind::Arguments::plain) co_return job.arguments;
  if (secrets_ == nullptr)
    co_return refuse_for_good(attempt, errors::unreadable, "There are no secret keys to open it with.");
  auto opened = secrets_->open(job.arguments, arguments_context(job.id));
  if (!opened) attempt.is_final = true;
  co_return opened;
}

Task<Runner::Outcome> Runner::invoke(Attempt& attempt) const {
  auto arguments = co_await prepare(attempt);
  if (!arguments) co_return Outcome{.error = std::move(arguments.error()), .result = {}};
  const ClaimedJob& job = attempt.job;
  const auto context = schema::read_json<StoredContext>(job.context).value_or(StoredContext{});
  const api::PreparedEndpoint* endpoint = api_.find(attempt.kind->endpoint.name);
  const api::Call::Environment& environment = api_.environment();

  JobTransport transport(job.kind);
  const std::string request_id = "job-" + job.id.to_string() + "-" + std::to_string(job.attempt);
  JobCall call(environment, transport, request_id, attempt);
  call.set_client(context.address ? std::string_view(*context.address) : std::string_view("job"),
                  context.agent ? std::string_view(*context.agent) : std::string_view());
  if (context.traceparent) call.set_trace(*context.traceparent, {});
  call.set_principal(principal_of(context));
  ArgumentsInput input(*arguments, attempt);
  ResultSink sink;
  const Clock::Steady began = environment.clock->steady();
  const auto time_max = endpoint->time_max;
  const auto deadline = std::chrono::steady_clock::now() + time_max;
  call.set_deadline(began + time_max);
  transport.set_deadline(deadline);
  api_.began();
  (void)co_await async::with_deadline(
      invoke_in_api(
          api_,
          {.endpoint = *endpoint, .call = call, .transport = transport, .input = input, .reply = sink, .began = began}),
      deadline);
  using Ended = api::CallRecord::Result;
  api_.ended({.call = call,
              .endpoint = endpoint,
              .code = sink.error ? sink.error->code().name : std::string_view{},
              .result = sink.error ? Ended::failure : Ended::success,
              .took = environment.clock->steady() - began});
  co_return Outcome{.error = std::move(sink.error), .result = std::move(sink.result)};
}

AttemptEnd Runner::decide(const Attempt& attempt, Outcome outcome) const {
  const ClaimedJob& job = attempt.job;
  AttemptEnd end{.seq = job.seq, .attempt = job.attempt, .status = "done", .attempts = job.attempt};
  const Timestamp now = api_.environment().clock->now();
  end.run_at_ms = now.milliseconds();
  if (!outcome.error) {
    end.result = std::move(outcome.result);
    return end;
  }
  if (attempt.stop == Attempt::Stop::draining) {
    end.status = "waiting";
    end.attempts = job.attempt - 1;
    return end;
  }
  end.error = text_of(*outcome.error);
  if (attempt.stop == Attempt::Stop::cancelled) {
    end.status = "cancelled";
    return end;
  }
  if (attempt.is_final || is_refusal(attempt, *outcome.error) || job.attempt >= job.attempts_max) {
    end.status = "dead";
    return end;
  }
  end.status = "failed";
  auto delay = attempt.kind->backoff.after(static_cast<int>(job.attempt), *api_.environment().random);
  delay = std::max<std::chrono::milliseconds>(delay, outcome.error->retry_after());
  end.run_at_ms += attempt.retry_delay.value_or(delay).count();
  return end;
}

Task<> Runner::run(Attempt& attempt) const {
  Outcome outcome;
  if (attempt.job.cancelled) {
    attempt.stop_for(Attempt::Stop::cancelled);
    outcome.error.emplace(errors::cancelled, "The job was cancelled.");
  } else {
    try {
      outcome = co_await invoke(attempt);
    } catch (const std::exception& thrown) {
      outcome.error.emplace(Error(ashlar::errors::internal, {}).with_cause(thrown.what()));
    }
  }
  if (attempt.stop == Attempt::Stop::lease_lost && outcome.error) co_return;
  AttemptEnd end = decide(attempt, std::move(outcome));
  if (const auto progress = attempt.take_progress()) {
    end.progress = progress->percent;
    end.progress_note = printable(progress->note);
  }
  attempt.end = std::move(end);
}

}  // namespace ashlar::jobs::detail
