// SPDX-License-Identifier: Apache-2.0
#include "ashlar/log/logger.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/log/detail/line_format.hpp"
#include "ashlar/log/detail/outputs.hpp"
#include "ashlar/log/detail/redaction.hpp"
#include "ashlar/log/detail/thread_buffers.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ashlar::log {
namespace {

constexpr std::array<std::string_view, 7> level_names{"trace", "debug", "info", "warn", "error", "fatal", "off"};
constexpr std::size_t wake_bytes = 256 * 1024;          // of one thread's buffer: the writer is woken
constexpr std::size_t kept_capacity_max = 1024 * 1024;  // a buffer that has grown past this is released

}  // namespace

std::string_view to_string(Level level) { return level_names.at(static_cast<std::size_t>(level)); }

std::optional<Level> level_of(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (ascii_iequals(level_names[i], name)) return static_cast<Level>(i);
  }
  return std::nullopt;
}

struct Logger::State {
  State(LogOptions given, const Clock& the_clock)
      : options(std::move(given)),
        clock(the_clock),
        redaction(options.redact),
        outputs(options),
        report_bytes(std::min<std::size_t>(4096, options.buffered_bytes_max / 8)),
        writer([this] { write_batches(); }) {
    pthread_setname_np(writer.native_handle(), "log");
  }

  ~State() {
    {
      const std::scoped_lock lock(mutex);
      stopping = true;
    }
    wake_up.notify_one();
    writer.join();
  }

  enum class WhenFull : std::uint8_t { drop, wait };
  void append(Level level, std::string_view message, std::span<const Attribute> attributes, WhenFull when_full);
  [[nodiscard]] bool is_over(std::size_t bytes) const { return buffered_bytes.load(std::memory_order_relaxed) > bytes; }
  bool append_record(detail::ThreadBuffer& buffer, Level level, std::string_view message,
                     std::span<const Attribute> attributes);
  void wake();
  void begin_gathering();
  void flush();

  // Used by the writer only.
  void write_batches();
  void write_batch();
  void push_in_order(std::span<const std::shared_ptr<detail::ThreadBuffer>> buffers);
  void push_dropped(std::uint64_t count);

  const LogOptions options;
  const Clock& clock;
  const detail::Redaction redaction;
  detail::Outputs outputs;
  detail::ThreadBuffers buffers;
  const std::size_t report_bytes;
  std::atomic<std::size_t> buffered_bytes = 0;
  std::atomic<bool> urgent = false;
  // Nothing was written since the writer began to take the buffers; it may sleep for as long as that is so. Set before
  // it locks the first of them, so a thread that appends later sees it.
  std::atomic<bool> quiet = true;

  std::mutex mutex;
  std::condition_variable wake_up;
  std::condition_variable flushed;
  std::uint64_t flush_wanted = 0;
  std::uint64_t flush_done = 0;
  bool stopping = false;

  std::thread writer;  // last: it uses the members above
};

void Logger::State::append(Level level, std::string_view message, std::span<const Attribute> attributes,
                           WhenFull when_full) {
  detail::ThreadBuffer& buffer = buffers.of_this_thread();
  const bool waits = when_full == WhenFull::wait;
  while (waits && is_over(options.buffered_bytes_max * 3)) flush();
  bool hand_over = false;
  {
    const std::scoped_lock lock(buffer.mutex);
    const std::size_t most = level >= Level::error ? options.buffered_bytes_max * 2 : options.buffered_bytes_max;
    if ((!waits && is_over(most)) || !append_record(buffer, level, message, attributes)) {
      ++buffer.dropped;
      return;
    }
    hand_over = level >= Level::error || buffer.lines.size() > wake_bytes;
  }
  if (quiet.load(std::memory_order_relaxed) && quiet.exchange(false)) begin_gathering();
  if (hand_over) wake();
}

// Whether there was memory for it.
bool Logger::State::append_record(detail::ThreadBuffer& buffer, Level level, std::string_view message,
                                  std::span<const Attribute> attributes) {
  detail::LineBuffer& lines = buffer.lines;
  const std::size_t start = lines.size();
  try {
    const Timestamp now = clock.now();
    const detail::Line line{buffer.time.of(now), level, message, attributes};
    const detail::LineRules rules{redaction, options.text_bytes_max};
    detail::RecordHead head{.milliseconds = now.milliseconds(), .json_bytes = 0, .pretty_bytes = 0, .level = level};
    lines.end_at(lines.room(sizeof head) + sizeof head);
    const std::size_t json = lines.size();
    if (outputs.wants_json()) detail::append_json_line(lines, line, rules);
    const std::size_t pretty = lines.size();
    if (outputs.wants_pretty()) detail::append_pretty_line(lines, line, rules, outputs.colour());
    head.json_bytes = static_cast<std::uint32_t>(pretty - json);
    head.pretty_bytes = static_cast<std::uint32_t>(lines.size() - pretty);
    std::memcpy(lines.data() + start, &head, sizeof head);
  } catch (const std::bad_alloc&) {
    lines.truncate(start);
    return false;
  }
  buffer.unreported_bytes += lines.size() - start;
  if (buffer.unreported_bytes > report_bytes) {
    buffered_bytes.fetch_add(buffer.unreported_bytes, std::memory_order_relaxed);
    buffer.reported_bytes += std::exchange(buffer.unreported_bytes, 0);
  }
  return true;
}

void Logger::State::wake() {
  if (urgent.load(std::memory_order_relaxed) || urgent.exchange(true)) return;
  {
    const std::scoped_lock lock(mutex);
  }  // the writer is either before its check of `urgent` or waiting
  wake_up.notify_one();
}

void Logger::State::begin_gathering() {
  {
    const std::scoped_lock lock(mutex);
  }  // the writer is either before its check of `quiet` or waiting
  wake_up.notify_one();
}

void Logger::State::flush() {
  std::unique_lock lock(mutex);
  const std::uint64_t mine = ++flush_wanted;
  wake_up.notify_one();
  flushed.wait(lock, [&] { return flush_done >= mine; });
}

void Logger::State::write_batches() {
  std::unique_lock lock(mutex);
  const auto asked = [this] { return stopping || urgent.load() || flush_wanted != flush_done; };
  while (true) {
    wake_up.wait(lock, [&] { return !quiet.load() || asked(); });
    wake_up.wait_for(lock, options.flush_interval, asked);  // others join the first
    const bool last = stopping;
    const std::uint64_t wanted = flush_wanted;
    urgent = false;
    quiet = true;
    lock.unlock();
    write_batch();
    lock.lock();
    if (flush_done != wanted) {
      flush_done = wanted;
      flushed.notify_all();
    }
    if (last) return;
  }
}

void Logger::State::write_batch() {
  const auto taken = buffers.take();
  if (taken.buffers.empty() && taken.dropped == 0) return;
  push_in_order(taken.buffers);
  if (taken.dropped > 0) push_dropped(taken.dropped);
  outputs.flush();
  for (const auto& buffer : taken.buffers) {
    buffer->taken.capacity() > kept_capacity_max ? buffer->taken.release() : buffer->taken.clear();
  }
  buffered_bytes.fetch_sub(taken.reported_bytes, std::memory_order_relaxed);
}

void Logger::State::push_in_order(std::span<const std::shared_ptr<detail::ThreadBuffer>> taken) {
  struct Record {
    detail::RecordHead head;
    const char* text;
    std::size_t number;  // in reading order: keeps the lines of one thread and millisecond in sequence
  };
  std::vector<Record> records;
  for (const auto& buffer : taken) {
    const std::string_view bytes = buffer->taken.view();
    for (std::size_t at = 0; at < bytes.size();) {
      Record record{.head = {}, .text = nullptr, .number = records.size()};
      std::memcpy(&record.head, bytes.data() + at, sizeof record.head);
      record.text = bytes.data() + at + sizeof record.head;
      at += sizeof record.head + record.head.json_bytes + record.head.pretty_bytes;
      records.push_back(record);
    }
  }
  if (taken.size() > 1) {
    std::ranges::sort(records, {}, [](const Record& r) { return std::pair(r.head.milliseconds, r.number); });
  }
  for (const Record& r : records) {
    outputs.push(r.head.level, {r.text, r.head.json_bytes}, {r.text + r.head.json_bytes, r.head.pretty_bytes});
  }
}

void Logger::State::push_dropped(std::uint64_t count) {
  const Attribute attribute("dropped", count);
  const std::string time = clock.now().to_string();
  const detail::Line line{time, Level::warn, "Log lines were dropped: the writer could not keep up.",
                          std::span(&attribute, 1)};
  const detail::LineRules rules{redaction, options.text_bytes_max};
  detail::LineBuffer json, pretty;
  detail::append_json_line(json, line, rules);
  detail::append_pretty_line(pretty, line, rules, outputs.colour());
  outputs.push(Level::warn, json.view(), pretty.view());
}

Logger::Logger(LogOptions options, const Clock& clock)
    : level_(options.level), state_(std::make_unique<State>(std::move(options), clock)) {}
Logger::~Logger() = default;

void Logger::write(Level level, std::string_view message, std::span<const Attribute> attributes) {
  if (level == Level::off || !enabled(level)) return;
  state_->append(level, message, attributes, State::WhenFull::drop);
}

void Logger::security(Level level, std::string_view message, std::span<const Attribute> attributes) {
  if (level == Level::off || level < state_->options.security_level || this->level() == Level::off) return;
  std::vector<Attribute> all;
  all.reserve(attributes.size() + 1);
  all.emplace_back("channel", "security");
  all.insert(all.end(), attributes.begin(), attributes.end());
  state_->append(level, message, all, State::WhenFull::wait);
}

void Logger::flush() { state_->flush(); }

}  // namespace ashlar::log
