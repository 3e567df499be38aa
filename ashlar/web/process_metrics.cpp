// SPDX-License-Identifier: Apache-2.0
// Metrics of the process, of servers and of pools.
#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/web/metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace ashlar::web {

namespace {

// proc(5): the 22nd field of /proc/self/stat is in clock ticks since boot; /proc/stat has the time of the boot.
std::optional<double> process_start_seconds() {
  std::string stat;
  std::getline(std::ifstream("/proc/self/stat"), stat);
  const std::size_t name_end = stat.rfind(')');  // the second field, the program's name, may contain anything
  if (name_end == stat.npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int i = 3; i < 22; ++i) fields >> skipped;
  double ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  std::ifstream machine("/proc/stat");
  for (std::string line; std::getline(machine, line);) {
    if (line.starts_with("btime "))
      return std::stod(line.substr(6)) + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return std::nullopt;
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

void append_process_metrics(observe::MetricsText& text) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto spent = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    text.single("process_cpu_seconds_total", observe::MetricType::counter,
                "Total user and system CPU time spent in seconds.", spent(usage.ru_utime) + spent(usage.ru_stime));
  }
  std::uint64_t virtual_pages = 0, resident_pages = 0;
  if (std::ifstream statm("/proc/self/statm"); statm >> virtual_pages >> resident_pages) {
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    text.single("process_virtual_memory_bytes", observe::MetricType::gauge, "Virtual memory size in bytes.",
                static_cast<double>(virtual_pages) * page);
    text.single("process_resident_memory_bytes", observe::MetricType::gauge, "Resident memory size in bytes.",
                static_cast<double>(resident_pages) * page);
  }
  std::error_code unreadable;
  const std::filesystem::directory_iterator files("/proc/self/fd", unreadable);
  if (!unreadable)
    text.single("process_open_fds", observe::MetricType::gauge, "Number of open file descriptors.",
                static_cast<double>(std::distance(begin(files), end(files))));
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    text.single("process_max_fds", observe::MetricType::gauge, "Maximum number of open file descriptors.",
                static_cast<double>(limit.rlim_cur));
  if (const auto start = process_start_seconds())
    text.single("process_start_time_seconds", observe::MetricType::gauge,
                "Start time of the process since unix epoch in seconds.", *start);
}

void append_build_info(std::string_view version, observe::MetricsText& text) {
  text.head("ashlar_build_info", observe::MetricType::gauge, "Information about the running program; always 1.");
  text.sample(
      "ashlar_build_info",
      observe::MetricsText::label("version", version) + "," + observe::MetricsText::label("compiler", __VERSION__),
      std::uint64_t{1});
}

void add_server(observe::MetricSources& sources, http::Server& server) {
  sources.add({.name = "http_connections",
               .type = observe::MetricType::gauge,
               .help = "Connections open now.",
               .value = [&server] { return static_cast<double>(server.connections()); }});
  for (std::size_t i = 0; i < server.loops(); ++i) {
    const std::vector<std::pair<std::string, std::string>> labels = {{"loop", std::to_string(i)}};
    sources.add({.name = "ashlar_loop_lag_max_seconds",
                 .type = observe::MetricType::gauge,
                 .help = "Maximum delay of the loop's timer since the previous scrape.",
                 .labels = labels,
                 .value = [&server, i] { return seconds(server.take_loop_lag_max(i)); }});
    sources.add({.name = "ashlar_loop_lag_seconds_total",
                 .type = observe::MetricType::counter,
                 .help = "Total delay of the loop's timers.",
                 .labels = labels,
                 .value = [&server, i] { return seconds(server.loop_lag(i).total); }});
    sources.add({.name = "ashlar_loop_timers_total",
                 .type = observe::MetricType::counter,
                 .help = "Number of measurements of the loop's lag.",
                 .labels = labels,
                 .value = [&server, i] { return static_cast<double>(server.loop_lag(i).timers); }});
  }
}

void add_pool(observe::MetricSources& sources, const std::string& name, const async::BlockingPool& pool) {
  const auto add = [&](const char* metric, const char* help, std::function<double()> value) {
    sources.add({.name = metric,
                 .type = observe::MetricType::gauge,
                 .help = help,
                 .labels = {{"pool", name}},
                 .value = std::move(value)});
  };
  add("ashlar_pool_waiting", "Jobs that wait for a thread of the pool.",
      [&pool] { return static_cast<double>(pool.waiting()); });
  add("ashlar_pool_waiting_max", "Jobs that may wait; one more is refused.",
      [&pool] { return static_cast<double>(pool.queue_max()); });
  add("ashlar_pool_threads_busy", "Threads of the pool that run a job.",
      [&pool] { return static_cast<double>(pool.busy()); });
  add("ashlar_pool_threads", "Threads of the pool.", [&pool] { return static_cast<double>(pool.threads()); });
}

}  // namespace ashlar::web
