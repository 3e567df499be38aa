// SPDX-License-Identifier: Apache-2.0
// What a client sends behind the preface of HTTP/2, through the loop: the real connection, handlers and all, over a
// pair of sockets. What comes back must be frames as RFC 9113 has them, and nothing may be left when the client goes.
#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/detail/http2_test_frames.hpp"
#include "ashlar/http/detail/standing_loop.hpp"
#include "ashlar/http/field_syntax.hpp"
#include "fuzz/fuzz.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nghttp2/nghttp2.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>

namespace ashlar::http::detail {
namespace {

// Small, so that short inputs reach them.
constexpr Limits limits{.request_line_bytes_max = 200,
                        .header_bytes_max = 400,
                        .header_count_max = 10,
                        .trailer_bytes_max = 60,
                        .body_bytes_max = 2'000,
                        .requests_per_connection_max = 30,
                        .http2_streams_max = 5,
                        .http2_stream_window_bytes = 1'000,
                        .http2_connection_window_bytes = 70'000,
                        .http2_stream_output_bytes_max = 1'000,
                        .http2_resets_max = 10,
                        .http2_control_frames_max = 20,
                        .http2_continuations_max = 3};
constexpr std::size_t frame_head_bytes = 9;
constexpr std::size_t frame_bytes_max = 16'384;
constexpr std::int64_t window_at_first = 65'535;
constexpr std::size_t small_piece = 7;
constexpr int rounds_max = 100;

// The first letter of a path says what is done with the request.
class Handlers final : public Handler {
 public:
  Task<> handle(Request& request, Response& response) override {
    check(request);
    switch (request.path.size() > 1 ? request.path[1] : '/') {
      case 'e':
        return echo(request, response);
      case 'c':
        return count(request, response);
      case 'w':
        return wait();
      case 's':
        response.stream = pieces;
        return nothing();
      case 'f':
        response.stream = failing;
        return nothing();
      case 'l':
        response.body.assign(80'000, 'l');
        return nothing();
      default:
        response.body = request.target;
        return nothing();
    }
  }
  void reject(int status, const Error&, const Request&, Response& response) override {
    response.body = std::to_string(status);
  }

 private:
  static void check(const Request& request) {
    if (request.path.empty() || (request.path.front() != '/' && request.path != "*"))
      fuzz::broken("a path begins with a slash");
    if (!is_token(request.method_name)) fuzz::broken("a method is a token");
    if (!request.authority.empty() && !is_host_and_port(request.authority)) fuzz::broken("a host is one");
    if (request.headers.all().size() > limits.header_count_max) fuzz::broken("fields have their limit");
    for (const Field& field : request.headers.all()) {
      if (!is_token(field.name) || !is_field_value(field.value)) fuzz::broken("a field is one");
    }
  }
  static Task<> nothing() { co_return; }
  static Task<> echo(Request& request, Response& response) {
    const auto body = co_await request.body->read_all(limits.body_bytes_max);
    if (body && body->size() > limits.body_bytes_max) fuzz::broken("a body has its limit");
    response.body = body ? *body : body.error().code().name;
  }
  static Task<> count(Request& request, Response& response) {
    std::size_t bytes = 0;
    while (true) {
      const auto piece = co_await request.body->read();
      if (!piece || piece->empty()) break;
      bytes += piece->size();
    }
    if (bytes > limits.body_bytes_max) fuzz::broken("a body has its limit, piece by piece");
    response.body = std::to_string(bytes);
  }
  // Until the client has gone, or reset it.
  static Task<> wait() {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                    boost::asio::steady_timer::time_point::max());
    (void)co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable_t<LoopExecutor>{}));
  }
  static Task<Result<>> pieces(BodyWriter& writer) {
    for (int i = 0; i < 10; ++i) {
      if (auto written = co_await writer.write(std::string(700, 's')); !written) co_return written;
    }
    co_return Result<>{};
  }
  static Task<Result<>> failing(BodyWriter& writer) {
    (void)co_await writer.write("some");
    co_return fail(ashlar::errors::internal, "no");
  }
};

// What the server has sent, held to the rules.
class Answers {
 public:
  // `input`: what the client sends, all of it; windows that it never gives are no excuse.
  explicit Answers(std::string_view input) {
    while (input.size() >= frame_head_bytes) {
      const std::size_t size = payload_bytes(input);
      if (input[3] == NGHTTP2_WINDOW_UPDATE && size == 4 && stream_of(input) == 0 && input.size() >= 13)
        window_ += number(input.substr(9)) & 0x7FFFFFFFU;
      input.remove_prefix(std::min(input.size(), frame_head_bytes + size));
    }
    if (nghttp2_hd_inflate_new(&inflater_) != 0) fuzz::broken("there is memory");
  }
  ~Answers() { nghttp2_hd_inflate_del(inflater_); }
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  void add(std::string_view bytes) {
    received_.append(bytes);
    while (received_.size() >= frame_head_bytes) {
      const std::size_t size = payload_bytes(received_);
      if (size > frame_bytes_max) fuzz::broken("a frame has its limit");
      if (received_.size() < frame_head_bytes + size) return;
      const auto type = static_cast<std::uint8_t>(received_[3]);
      const auto flags = static_cast<std::uint8_t>(received_[4]);
      take({type, flags, static_cast<std::int32_t>(stream_of(received_)), received_.substr(frame_head_bytes, size)});
      received_.erase(0, frame_head_bytes + size);
    }
  }
  void finish() const {
    if (!received_.empty()) fuzz::broken("the last frame is whole");
  }

 private:
  struct Stream {
    bool answered = false;
    bool ended = false;
  };

  static std::uint32_t number(std::string_view bytes) {
    return Frame{.payload = std::string(bytes.substr(0, 4))}.last_number();
  }
  static std::size_t payload_bytes(std::string_view frame) { return number(frame) >> 8U; }
  static std::uint32_t stream_of(std::string_view frame) { return number(frame.substr(5)) & 0x7FFFFFFFU; }

  void take(const Frame& frame) {
    if (!std::exchange(greeted_, true) && frame.type != NGHTTP2_SETTINGS) fuzz::broken("SETTINGS come first");
    if (dismissed_) fuzz::broken("nothing comes after GOAWAY with an error");
    switch (frame.type) {
      case NGHTTP2_SETTINGS:
      case NGHTTP2_PING:
        if (frame.stream != 0) fuzz::broken("SETTINGS and PING are the connection's");
        return;
      case NGHTTP2_GOAWAY:
        if (frame.stream != 0 || frame.payload.size() < 8) fuzz::broken("GOAWAY is the connection's");
        dismissed_ = frame.number_at(4) != NGHTTP2_NO_ERROR;
        return;
      case NGHTTP2_WINDOW_UPDATE:
        if (frame.payload.size() != 4 || frame.last_number() == 0) fuzz::broken("a window grows by something");
        return;
      case NGHTTP2_RST_STREAM:
        if (frame.stream == 0 || frame.payload.size() != 4) fuzz::broken("RST_STREAM is a stream's");
        streams_[frame.stream].ended = true;
        return;
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA:
        answer(frame);
        return;
      default:
        fuzz::broken("a server sends no such frame");
    }
  }

  void answer(const Frame& frame) {
    if (frame.stream % 2 == 0) fuzz::broken("clients' streams are odd");
    Stream& stream = streams_[frame.stream];
    if (stream.ended) fuzz::broken("nothing comes behind the end of a stream");
    if (frame.type == NGHTTP2_HEADERS) {
      if (!frame.has(NGHTTP2_FLAG_END_HEADERS) || stream.answered) fuzz::broken("a response has one head");
      stream.answered = inflate(frame.payload) >= 200;
    } else {
      if (!stream.answered) fuzz::broken("a response begins with its head");
      window_ -= static_cast<std::int64_t>(frame.payload.size());
      if (window_ < 0) fuzz::broken("the client's window is kept");
    }
    stream.ended = frame.has(NGHTTP2_FLAG_END_STREAM);
  }

  // The status.
  int inflate(std::string_view block) {
    const auto* in = reinterpret_cast<const std::uint8_t*>(block.data());
    std::size_t left = block.size();
    int status = 0;
    for (int flags = 0; (flags & NGHTTP2_HD_INFLATE_FINAL) == 0;) {
      nghttp2_nv field{};
      const ssize_t used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, in, left, 1);
      if (used < 0) fuzz::broken("a head can be read");
      in += used;
      left -= static_cast<std::size_t>(used);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0) continue;
      const std::string_view name(reinterpret_cast<const char*>(field.name), field.namelen);
      const std::string value(reinterpret_cast<const char*>(field.value), field.valuelen);
      if ((name == ":status") != (status == 0)) fuzz::broken("a status comes first, and once");
      if (status == 0) status = std::stoi(value);
    }
    nghttp2_hd_inflate_end_headers(inflater_);
    if (status < 100 || status > 999) fuzz::broken("a status has three digits");
    return status;
  }

  std::string received_;
  std::map<std::int32_t, Stream> streams_;
  std::int64_t window_ = window_at_first;
  nghttp2_hd_inflater* inflater_ = nullptr;
  bool greeted_ = false;
  bool dismissed_ = false;  // GOAWAY with an error has come
};

class Conversation {
 public:
  Conversation(StandingLoop& loop, std::string_view input) : loop_(loop), answers_(input) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
      fuzz::broken("there are sockets");
    client_ = ends[0];
    loop_.serve(ends[1]);
  }

  void run(std::string_view input, std::size_t piece_bytes) {
    send(NGHTTP2_CLIENT_MAGIC);
    for (; !input.empty() && open_; input.remove_prefix(std::min(piece_bytes, input.size())))
      send(input.substr(0, piece_bytes));
    read();
    ::close(client_);
    for (int round = 0; loop_.connections() > 0; ++round) {
      if (round == rounds_max) fuzz::broken("a connection ends with its client");
      loop_.go_round();
    }
  }

 private:
  void send(std::string_view bytes) {
    while (!bytes.empty() && open_) {
      const ssize_t size = ::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
      if (size < 0 && errno != EAGAIN) return;
      loop_.go_round();
      read();
    }
  }
  // All that there is; the server may have waited for room.
  void read() {
    std::array<char, 16 * 1024> buffer{};
    while (open_) {
      const ssize_t size = ::recv(client_, buffer.data(), buffer.size(), 0);
      if (size < 0 && errno == EAGAIN) return;
      open_ = size > 0;
      if (open_) answers_.add({buffer.data(), static_cast<std::size_t>(size)});
      loop_.go_round();
    }
    answers_.finish();
  }

  StandingLoop& loop_;
  Answers answers_;
  int client_ = -1;
  bool open_ = true;
};

}  // namespace
}  // namespace ashlar::http::detail

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar::http::detail;
  static Handlers handlers;
  static StandingLoop loop(limits, handlers);
  const std::string_view input = ashlar::fuzz::text(data, size);
  for (const std::size_t piece_bytes : {std::max<std::size_t>(1, size), small_piece})
    Conversation(loop, input).run(input, piece_bytes);
  return 0;
}
