// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/revocation_broadcast.hpp"

#include "ashlar/core/encoding.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

namespace ashlar::backend {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t not_known_yet = std::numeric_limits<std::uint64_t>::max();
// An access token lives for a day at most, so nobody is made to remember anything for longer.
constexpr std::chrono::seconds remembered_max = 25h;

std::string random_name(Random& random) {
  std::array<std::byte, 8> bytes{};
  random.fill(bytes);
  return to_hex(bytes);
}

std::string text_of(const std::string& instance, std::uint64_t number, const EndedSessions& ended) {
  std::string out = instance + ' ' + std::to_string(number) + ' ' + std::to_string(ended.until.milliseconds());
  for (const Uuid& id : ended.ids) out += ' ' + id.to_string();
  return out;
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

// Its timer is of the loop that waits, and touched there alone; the counts are under the mutex.
struct RevocationBroadcast::Announcement {
  Announcement(const LoopExecutor& its_loop, std::chrono::milliseconds time_max)
      : loop(its_loop), timer(its_loop, time_max) {}

  [[nodiscard]] bool is_done() const { return confirmations >= expected; }

  const LoopExecutor loop;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>
      timer;
  std::uint64_t confirmations = 0;
  std::uint64_t expected = not_known_yet;  // until Redis says how many heard it; they may be quicker
};

// Among those that wait, for as long as it lives.
class RevocationBroadcast::Listed {
 public:
  Listed(RevocationBroadcast& owner, std::shared_ptr<Announcement> announcement) : owner_(owner) {
    const std::scoped_lock lock(owner_.mutex_);
    number_ = ++owner_.announced_;
    owner_.waiting_.emplace(number_, std::move(announcement));
  }
  ~Listed() {
    const std::scoped_lock lock(owner_.mutex_);
    owner_.waiting_.erase(number_);
  }
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;

  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  RevocationBroadcast& owner_;
  std::uint64_t number_ = 0;
};

RevocationBroadcast::RevocationBroadcast(redis::Clients& clients, const std::string& key_prefix,
                                         auth::MemoryRevocations& revocations, const Clock& clock, Random& random,
                                         std::function<void()> on_subscribed)
    : clients_(clients),
      instance_(random_name(random)),
      channel_(key_prefix + "revoked"),
      revocations_(revocations),
      clock_(clock) {
  clients_.subscribe(channel_, {.on_message = [this](std::string_view, std::string_view message) { heard(message); },
                                .on_subscribed = std::move(on_subscribed)});
  clients_.subscribe(
      channel_ + ':' + instance_,
      {.on_message = [this](std::string_view, std::string_view message) { confirmed(message); }, .on_subscribed = {}});
}

RevocationBroadcast::~RevocationBroadcast() = default;

void RevocationBroadcast::start(asio::io_context& first_loop) {
  loop_ = &first_loop;
  tasks_.emplace(first_loop);
}

void RevocationBroadcast::close() {
  if (!tasks_) return;
  tasks_->cancel();
  async::run_to_end(*loop_, tasks_->join());
  tasks_.reset();
}

Task<bool> RevocationBroadcast::announce(EndedSessions ended) {
  if (ended.ids.empty()) co_return true;
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const auto mine = std::make_shared<Announcement>(loop, clients_.options().command_time_max);
  const Listed listed(*this, mine);
  const auto published = co_await clients_.command({"PUBLISH", channel_, text_of(instance_, listed.number(), ended)});
  if (!published) co_return false;
  const auto is_done = [&] {
    const std::scoped_lock lock(mutex_);
    mine->expected = static_cast<std::uint64_t>(published->integer);
    return mine->is_done();
  };
  if (is_done()) co_return true;
  boost::system::error_code ignored;
  co_await mine->timer.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  co_return is_done();
}

// What is not of our making is passed over.
void RevocationBroadcast::heard(std::string_view message) {
  const std::string_view instance = take_word(message);
  const std::string_view number = take_word(message);
  const auto until = number_of<std::int64_t>(take_word(message));
  if (!until || *until < 0 || *until > Timestamp::milliseconds_max) return;
  const Timestamp kept_until = std::min(Timestamp::from_milliseconds(*until), clock_.now() + remembered_max);
  while (!message.empty()) {
    if (const auto session = Uuid::parse(take_word(message))) revocations_.revoke_session(*session, kept_until);
  }
  if (instance == instance_) return confirmed(number);
  if (tasks_) tasks_->start(confirm(std::string(instance), std::string(number)));
}

Task<> RevocationBroadcast::confirm(std::string instance, std::string number) {
  (void)co_await clients_.command({"PUBLISH", channel_ + ':' + instance, std::move(number)});
}

void RevocationBroadcast::confirmed(std::string_view message) {
  const auto number = number_of<std::uint64_t>(message);
  if (!number) return;
  const std::scoped_lock lock(mutex_);
  const auto found = waiting_.find(*number);
  if (found == waiting_.end()) return;
  ++found->second->confirmations;
  if (found->second->is_done())
    asio::post(found->second->loop, [announcement = found->second] { announcement->timer.cancel(); });
}

}  // namespace ashlar::backend
