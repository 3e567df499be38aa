// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_connection.hpp"

#include "ashlar/http/detail/http2_test_client.hpp"
#include "ashlar/http/detail/test_server.hpp"
#include "tests/support/memory.hpp"
#include "tests/support/test_certificate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace ashlar::http::detail {
namespace {

using std::chrono::milliseconds;
using Client = Http2TestClient;

// What a user sees of the shape of a request is what HTTP/1.1 shows: the status, by the handler's reject.
TEST(Http2Connection, RefusesWithTheStatusOfHttp1AndContinues) {
  TestServer server({.request_line_bytes_max = 100,
                     .header_bytes_max = 200,
                     .header_count_max = 5,
                     .trailer_bytes_max = 10,
                     .body_bytes_max = 50});
  const auto with = [](std::string_view method, std::string_view path, const Http2Fields& more) {
    return Client::headers(1, Client::head(method, path, more), NGHTTP2_FLAG_END_STREAM);
  };
  const auto pseudo = [](const Http2Fields& fields) { return Client::headers(1, fields, NGHTTP2_FLAG_END_STREAM); };
  struct Case {
    std::string answer;
    std::string frames;
  };
  const std::vector<Case> cases{
      {"400 request.malformed", with("GET", "/a#b", {})},
      {"400 request.malformed", with("GET", "/a", {{"host", "b"}})},
      {"400 request.malformed", pseudo({{":method", "GET"}, {":scheme", "ftp"}, {":authority", "a"}, {":path", "/"}})},
      {"400 request.malformed",
       pseudo({{":method", "GET"}, {":scheme", "http"}, {":authority", "u@a"}, {":path", "/"}})},
      {"413 request.body_too_large", Client::post(1, "/echo", {{"content-length", "51"}})},
      {"413 request.body_too_large", Client::post(1, "/echo") + Client::data(1, std::string(51, 'b'))},
      {"413 request.body_too_large",
       Client::post(1, "/echo") + Client::headers(1, {{"x", "0123456789"}}, NGHTTP2_FLAG_END_STREAM)},
      {"414 request.target_too_long", with("GET", "/" + std::string(120, 'p'), {})},
      {"417 request.expectation_failed", with("GET", "/", {{"expect", "x"}})},
      {"431 request.headers_too_large", with("GET", "/", {{"x", std::string(200, 'x')}})},
      {"431 request.headers_too_large",
       with("GET", "/", {{"a", "1"}, {"b", "1"}, {"c", "1"}, {"d", "1"}, {"e", "1"}, {"f", "1"}})},
      {"501 request.not_implemented", pseudo({{":method", "CONNECT"}, {":authority", "a:80"}})},
  };
  for (const Case& c : cases) {
    Client client(server.server.port());
    client.send(c.frames);
    const Http2Answer refused = client.answer(1);
    EXPECT_EQ(refused.body, c.answer);
    EXPECT_EQ(refused.status, std::stoi(c.answer)) << c.answer;
    EXPECT_EQ(client.fetch(3, "/next").body, "you asked for /next") << c.answer;
  }
}

TEST(Http2Connection, ResetsWhatIsNoRequestOfHttp2) {
  TestServer server;
  const Http2Fields good = Client::head("GET", "/");
  const auto last = static_cast<std::uint8_t>(NGHTTP2_FLAG_END_STREAM);
  const std::vector<std::pair<std::string, std::string>> cases{
      {"an upper-case name", Client::get(1, "/", {{"X-Y", "z"}})},
      {"Connection", Client::get(1, "/", {{"connection", "close"}})},
      {"Transfer-Encoding", Client::get(1, "/", {{"transfer-encoding", "chunked"}})},
      {"Upgrade", Client::get(1, "/", {{"upgrade", "h2c"}})},
      {"TE of another kind", Client::get(1, "/", {{"te", "gzip"}})},
      {"CR LF in a value", Client::get(1, "/", {{"x", "a\r\nb"}})},
      {"NUL in a value", Client::get(1, "/", {{"x", std::string("a\0b", 3)}})},
      {"a blank in a name", Client::get(1, "/", {{"x y", "z"}})},
      {"a relative path", Client::get(1, "a")},
      {"the absolute form", Client::get(1, "http://a/")},
      {"no path", Client::headers(1, {{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}}, last)},
      {"neither authority nor Host",
       Client::headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}}, last)},
      {"two paths", Client::get(1, "/", {{":path", "/b"}})},
      {"an unknown pseudo-header", Client::get(1, "/", {{":x", "y"}})},
      {"a late pseudo-header", Client::headers(1, {{"a", "b"}, good[0], good[1], good[2], good[3]}, last)},
      {"two lengths", Client::get(1, "/", {{"content-length", "0"}, {"content-length", "0"}})},
      {"a signed length", Client::post(1, "/echo", {{"content-length", "+3"}})},
      {"more than the length", Client::post(1, "/gate", {{"content-length", "1"}}) + Client::data(1, "ab")},
      {"less than the length", Client::post(1, "/gate", {{"content-length", "3"}}) + Client::data(1, "ab")},
  };
  for (const auto& [what, frames] : cases) {
    TestServer fresh;
    Client client(fresh.server.port());
    client.send(frames);
    EXPECT_EQ(client.answer(1).reset, NGHTTP2_PROTOCOL_ERROR) << what;
    EXPECT_EQ(client.answer(1).status, 0) << what;
    EXPECT_EQ(client.fetch(3, "/next").body, "you asked for /next") << what;
  }
}

TEST(Http2Connection, EndsAFlood) {
  const Limits limits{.http2_resets_max = 50, .http2_control_frames_max = 50};
  std::map<std::string, std::string> floods;
  std::string& resets = floods["rapid reset"];
  std::string& provoked = floods["resets that the server is made to send"];
  for (std::int32_t id = 1; id < 2 * 60; id += 2) {
    resets += Client::get(id, "/gate-none") + Client::reset(id);
    provoked += Client::post(id, "/echo", {{"content-length", "1"}}) + Client::data(id, "ab");
  }
  const std::string continuation = Client::frame(NGHTTP2_CONTINUATION, 0, 1, {});
  floods["CONTINUATION"] = Client::frame(NGHTTP2_HEADERS, 0, 1, Client::block(Client::head("GET", "/")));
  floods["empty DATA"] = Client::post(1, "/echo");
  for (int i = 0; i < 60; ++i) {
    floods["CONTINUATION"] += continuation;
    floods["PING"] += Client::ping();
    floods["SETTINGS"] += Client::frame(NGHTTP2_SETTINGS, 0, 0, {});
    floods["PRIORITY"] += Client::frame(NGHTTP2_PRIORITY, 0, 1, std::string(5, '\0'));
    floods["WINDOW_UPDATE"] += Client::window(0, 1);
    floods["empty DATA"] += Client::data(1, {}, 0);
  }
  for (const auto& [what, frames] : floods) {
    TestServer server(limits);
    Client client(server.server.port());
    client.send(frames);
    EXPECT_EQ(client.farewell(), NGHTTP2_ENHANCE_YOUR_CALM) << what;
    client.raw().close();
  }
}

TEST(Http2Connection, RefusesMoreStreamsAtOnceThanItAllows) {
  TestServer server({.http2_streams_max = 2});
  Client client(server.server.port());
  client.send(Client::post(1, "/echo") + Client::post(3, "/echo") + Client::get(5, "/five"));
  EXPECT_EQ(client.answer(5).reset, NGHTTP2_REFUSED_STREAM);
  client.send(Client::data(1, "one") + Client::data(3, "three"));
  EXPECT_EQ(client.answer(1).body, "one");
  EXPECT_EQ(client.answer(3).body, "three");
  EXPECT_EQ(client.fetch(7, "/seven").body, "you asked for /seven");
}

TEST(Http2Connection, EndsWithTheRightCodeWhenAFrameBreaksARule) {
  TestServer server;
  const std::vector<std::pair<std::uint32_t, std::string>> cases{
      {NGHTTP2_PROTOCOL_ERROR, Client::get(2, "/")},
      {NGHTTP2_PROTOCOL_ERROR, Client::get(5, "/") + Client::get(3, "/")},
      {NGHTTP2_STREAM_CLOSED, Client::get(1, "/") + Client::get(1, "/")},
      {NGHTTP2_PROTOCOL_ERROR, Client::data(1, "x")},
      {NGHTTP2_PROTOCOL_ERROR,
       Client::frame(NGHTTP2_PUSH_PROMISE, NGHTTP2_FLAG_END_HEADERS, 1, std::string("\0\0\0\2", 4))},
      {NGHTTP2_FRAME_SIZE_ERROR, Client::frame(NGHTTP2_PING, 0, 0, "short")},
      {NGHTTP2_FRAME_SIZE_ERROR, Client::frame(NGHTTP2_PING, 0, 0, std::string(16385, 'p'))},
      {NGHTTP2_COMPRESSION_ERROR, Client::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, "\xFF\xFF\xFF\xFF")},
      {NGHTTP2_FLOW_CONTROL_ERROR, Client::window(0, 0x7FFFFFFF)},
  };
  for (const auto& [code, frames] : cases) {
    Client client(server.server.port());
    client.send(frames);
    EXPECT_EQ(client.farewell(), code);
  }
}

TEST(Http2Connection, AnswersByPriorKnowledge) {
  TestServer server;
  Client client(server.server.port());
  const Http2Answer plain = client.fetch(1, "/a?b=c");
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.body, "you asked for /a?b=c");
  EXPECT_EQ(plain.headers.at("content-length"), "20");
  EXPECT_EQ(plain.headers.at("date").size(), 29U);
  EXPECT_EQ(client.fetch(3, "/204").status, 204);
  EXPECT_EQ(client.fetch(5, "/stream").body, "first second third");
  EXPECT_EQ(client.fetch(7, "/sized").headers.at("content-length"), "18");
  EXPECT_EQ(client.fetch(9, "/large").body.size(), 1'000'000U);
  EXPECT_EQ(client.fetch(11, "/peer").body, "127.0.0.1 http");
  EXPECT_EQ(client.fetch(13, "/later").body, "later");
  client.send(Client::headers(15, Client::head("HEAD", "/head"), NGHTTP2_FLAG_END_STREAM));
  EXPECT_EQ(client.answer(15).body, "");
  EXPECT_EQ(client.answer(15).headers.at("content-length"), "19");
  client.send(Client::post(17, "/echo") + Client::data(17, "one ", 0) + Client::data(17, "two"));
  EXPECT_EQ(client.answer(17).body, "one two");
  EXPECT_EQ(client.fetch(19, "/throw").body, "500 internal");
  EXPECT_EQ(client.fetch(21, "/fails").body, "500 internal");
  EXPECT_EQ(client.fetch(23, "/99").status, 500);
  EXPECT_EQ(client.fetch(25, "/breaks").reset, NGHTTP2_INTERNAL_ERROR);
  EXPECT_EQ(client.fetch(27, "/promised-more").reset, NGHTTP2_INTERNAL_ERROR);
  EXPECT_EQ(client.fetch(29, "/last").body, "you asked for /last");
}

TEST(Http2Connection, IsNotBegunBehindARequestOfHttp1) {
  TestServer server;
  test::RawClient client = server.connect();
  client.send(std::string("GET /a HTTP/1.1\r\nHost: a\r\n\r\n") + NGHTTP2_CLIENT_MAGIC);
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_EQ(client.read_response().status, 505);
}

TEST(Http2Connection, TakesItsBytesOneByOne) {
  TestServer server;
  Client client(server.server.port());
  const std::string frames = Client::post(1, "/echo") + Client::data(1, "slow");
  for (const char c : frames) client.raw().send({&c, 1});
  EXPECT_EQ(client.answer(1).body, "slow");
}

TEST(Http2Connection, SpeaksItByAlpn) {
  const test::TestCertificate certificate;
  const TlsOptions tls{certificate.certificate_file(), certificate.key_file()};
  TestServer server({}, tls);
  const auto with = [&certificate](std::string protocol) {
    return test::RawClientOptions{.tls =
                                      test::RawClientOptions::Tls{certificate.certificate_file(), std::move(protocol)}};
  };
  Client client(server.server.port(), {}, with("h2"));
  EXPECT_EQ(client.raw().protocol(), "h2");
  EXPECT_EQ(client.fetch(1, "/peer").body, "127.0.0.1 https");
  EXPECT_EQ(client.fetch(3, "/large").body.size(), 1'000'000U);
  client.send(Client::post(5, "/count"));
  for (int i = 0; i < 4; ++i) client.send(Client::data(5, std::string(16'000, 'u'), 0));
  client.send(Client::data(5, {}));
  EXPECT_EQ(client.answer(5).body, "64000");
  test::RawClient older(server.server.port(), with("http/1.1"));
  EXPECT_EQ(older.protocol(), "http/1.1");
  EXPECT_EQ(older.request("GET", "/peer").body, "127.0.0.1 https");
}

// RFC 9113 section 3.4. Without the first line of it, it is HTTP/1, right or wrong.
TEST(Http2Connection, AWrongPrefaceEndsItWithGoaway) {
  TestServer server;
  for (const std::string_view rest : {"\r\nXX\r\n\r\n", "Host: a\r\n\r\n", "\r\nSM\r\n\r\nno SETTINGS, but this"}) {
    test::RawClient client = server.connect();
    client.send("PRI * HTTP/2.0\r\n" + std::string(rest));
    const std::string answer = client.read_until_close();
    EXPECT_EQ(answer.find("HTTP/1"), std::string::npos) << rest;
    const std::string goaway =
        Client::frame(NGHTTP2_GOAWAY, 0, 0, Client::number(0) + Client::number(NGHTTP2_PROTOCOL_ERROR));
    EXPECT_NE(answer.find(goaway.substr(3)), std::string::npos) << rest;
  }
  test::RawClient other = server.connect();
  other.send("INVALID CONNECTION PREFACE\r\n\r\n");
  EXPECT_EQ(other.read_response().status, 400);
  EXPECT_TRUE(other.closed_by_server());
}

TEST(Http2Connection, CanBeTurnedOff) {
  const test::TestCertificate certificate;
  TestServer clear({}, std::nullopt, 1, Protocols::http1);
  test::RawClient prior = clear.connect();
  prior.send(NGHTTP2_CLIENT_MAGIC);
  EXPECT_EQ(prior.read_response().status, 505);
  TestServer secure({}, TlsOptions{certificate.certificate_file(), certificate.key_file()}, 1, Protocols::http1);
  const auto with = [](std::string protocol) {
    return test::RawClientOptions{.tls = test::RawClientOptions::Tls{.protocol = std::move(protocol)}};
  };
  EXPECT_THROW(test::RawClient(secure.server.port(), with("h2")), std::runtime_error);
  EXPECT_EQ(test::RawClient(secure.server.port(), with("http/1.1")).request("GET", "/peer").body, "127.0.0.1 https");
  ASSERT_TRUE(secure.server.reload_tls({certificate.certificate_file(), certificate.key_file()}));
  EXPECT_THROW(test::RawClient(secure.server.port(), with("h2")), std::runtime_error) << "a reload keeps it so";
}

TEST(Http2Connection, CanBeAllThatIsSpoken) {
  TestServer clear({}, std::nullopt, 1, Protocols::http2);
  Client client(clear.server.port());
  client.send(Client::get(1, "/peer"));
  EXPECT_EQ(client.answer(1).body, "127.0.0.1 http");
  for (const std::string bytes : {"INVALID CONNECTION PREFACE\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    test::RawClient other = clear.connect();
    other.send(bytes);
    const std::string answer = other.read_until_close();
    EXPECT_EQ(answer.find("HTTP/1"), std::string::npos) << bytes;
    const std::string goaway =
        Client::frame(NGHTTP2_GOAWAY, 0, 0, Client::number(0) + Client::number(NGHTTP2_PROTOCOL_ERROR));
    EXPECT_NE(answer.find(goaway.substr(3)), std::string::npos) << bytes;
  }
  const test::TestCertificate certificate;
  TestServer secure({}, TlsOptions{certificate.certificate_file(), certificate.key_file()}, 1, Protocols::http2);
  const auto with = [](std::string protocol) {
    return test::RawClientOptions{.tls = test::RawClientOptions::Tls{.protocol = std::move(protocol)}};
  };
  EXPECT_NO_THROW(test::RawClient(secure.server.port(), with("h2")));
  EXPECT_THROW(test::RawClient(secure.server.port(), with("http/1.1")), std::runtime_error);
}

// Pieces of all of them, interleaved, each within the granted windows: no upload waits for another.
TEST(Http2Connection, ReadsAHundredUploadsAtOnce) {
  TestServer server;
  Client client(server.server.port());
  const std::string piece(1'000, 'u');
  constexpr std::int32_t last = 199;
  for (std::int32_t id = 1; id <= last; id += 2) client.send(Client::post(id, id % 4 == 1 ? "/count" : "/echo"));
  std::size_t window = 65'535;
  for (int round = 0; round < 5; ++round) {
    for (std::int32_t id = 1; id <= last; id += 2) {
      while (window < piece.size()) {
        const Frame more = client.read(NGHTTP2_WINDOW_UPDATE);
        if (more.stream == 0) window += more.last_number();
      }
      client.send(Client::data(id, piece, round == 4 ? NGHTTP2_FLAG_END_STREAM : 0));
      window -= piece.size();
    }
  }
  for (std::int32_t id = 1; id <= last; id += 2) {
    EXPECT_EQ(client.answer(id).body, id % 4 == 1 ? "5000" : std::string(5'000, 'u')) << id;
  }
}

TEST(Http2Connection, AHundredStreamsShareTheWindowOfASlowReader) {
  const std::size_t before = test::memory_peak();
  TestServer server;
  Client client(server.server.port());
  client.gives_window = false;
  constexpr std::int32_t last = 199;
  for (std::int32_t id = 1; id < last; id += 2) client.send(Client::get(id, "/much"));  // 32 MiB each
  std::size_t taken = 0;
  std::map<std::int32_t, std::size_t> of_each;
  while (taken < 65'535) {
    const Frame frame = client.read(NGHTTP2_DATA);
    taken += frame.payload.size();
    of_each[frame.stream] += frame.payload.size();
  }
  EXPECT_EQ(taken, 65'535U) << "not a byte more than the client has room for";
  EXPECT_EQ(client.fetch(last, "/204").status, 204) << "what needs no window is not held up";
  client.send(Client::ping());
  (void)client.read(NGHTTP2_PING);
  for (std::int32_t id = 1; id < last; id += 2) EXPECT_FALSE(client.so_far(id).whole);
  // Window for the connection, little by little: each stream gets on, none takes it all.
  client.send(Client::window(0, 2'000'000));
  while (taken < 2'000'000) {
    const Frame frame = client.read(NGHTTP2_DATA);
    taken += frame.payload.size();
    of_each[frame.stream] += frame.payload.size();
  }
  EXPECT_EQ(of_each.size(), 99U);
  for (const auto& [id, bytes] : of_each) EXPECT_LE(bytes, 65'535U) << id;
  EXPECT_LT(test::memory_peak(), before + 4 * test::peak_growth_max) << "a producer waits for its reader";
}

TEST(Http2Connection, ASlowHandlerDelaysNoOtherStream) {
  TestServer server;
  Client client(server.server.port());
  client.send(Client::get(1, "/gate"));
  auto* const loop = server.handler.entered.wait();
  EXPECT_EQ(client.fetch(3, "/fast").body, "you asked for /fast");
  server.handler.open(*loop);
  EXPECT_EQ(client.answer(1).body, "opened");
}

TEST(Http2Connection, AResetCancelsTheHandler) {
  TestServer server;
  Client client(server.server.port());
  client.send(Client::get(1, "/gate"));
  (void)server.handler.entered.wait();
  client.send(Client::reset(1));
  EXPECT_EQ(server.handler.left.wait(), "cancelled");
  EXPECT_EQ(client.fetch(3, "/next").body, "you asked for /next");
}

TEST(Http2Connection, AHandlerThatHasHadItsTimeIsCancelledAndItsAnswerSent) {
  TestServer server;
  Client client(server.server.port());
  EXPECT_EQ(client.fetch(1, "/gate?ms=20").body, "late");
  EXPECT_EQ(client.fetch(3, "/next").body, "you asked for /next");
}

TEST(Http2Connection, TheEndOfTheConnectionCancelsTheHandler) {
  TestServer server;
  Client client(server.server.port());
  client.send(Client::get(1, "/gate"));
  (void)server.handler.entered.wait();
  client.raw().close();
  EXPECT_EQ(server.handler.left.wait(), "cancelled");
}

TEST(Http2Connection, AProducerWaitsForASlowReader) {
  TestServer server;
  Client client(server.server.port(), {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 10}});
  client.gives_window = false;
  client.send(Client::get(1, "/stream"));
  while (client.so_far(1).body.size() < 10) (void)client.read();
  EXPECT_EQ(client.so_far(1).body, "first seco");
  client.send(Client::ping());
  (void)client.read(NGHTTP2_PING);  // nothing has come before it
  EXPECT_FALSE(client.so_far(1).whole);
  client.send(Client::window(1, 1000));
  EXPECT_EQ(client.answer(1).body, "first second third");
}

TEST(Http2Connection, AStreamThatIsNotReadIsReset) {
  TestServer server({.write_time_max = milliseconds{50}});
  Client client(server.server.port());
  client.gives_window = false;
  client.send(Client::get(1, "/endless"));
  EXPECT_EQ(client.answer(1).reset, NGHTTP2_CANCEL);
  EXPECT_EQ(server.handler.write_error.wait(), "connection.closed");
  client.gives_window = true;
  client.send(Client::window(0, 100'000));
  EXPECT_EQ(client.fetch(3, "/next").body, "you asked for /next");
}

TEST(Http2Connection, AClientThatReadsNothingIsCutOff) {
  TestServer server({.write_time_max = milliseconds{50}});
  Client client(server.server.port(), {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0x7FFFFFFF}},
                {.receive_buffer_bytes = 4096});
  client.send(Client::window(0, 0x7FFF0000) + Client::get(1, "/endless"));
  EXPECT_EQ(server.handler.write_error.wait(), "connection.closed");
}

TEST(Http2Connection, GivesNoWindowForABodyThatIsNotRead) {
  TestServer server({.http2_stream_window_bytes = 1000});
  Client client(server.server.port());
  client.send(Client::post(1, "/gate") + Client::data(1, std::string(1000, 'u'), 0));
  auto* const loop = server.handler.entered.wait();
  client.send(Client::post(3, "/count") + Client::data(3, std::string(1000, 'u'), 0));
  while (client.read(NGHTTP2_WINDOW_UPDATE).stream != 3) continue;  // the other one's would have come before
  client.send(Client::data(3, std::string(1000, 'u')));
  EXPECT_EQ(client.answer(3).body, "2000");
  client.send(Client::data(1, "x", 0));
  EXPECT_EQ(client.answer(1).reset, NGHTTP2_FLOW_CONTROL_ERROR);
  (void)loop;
  EXPECT_EQ(server.handler.left.wait(), "cancelled");
}

TEST(Http2Connection, ReadsABodyThatIsLargerThanItsWindow) {
  TestServer server;
  Client client(server.server.port());
  client.send(Client::post(1, "/echo"));
  const std::string piece(16'000, 'p');
  std::size_t window = 65'535;
  for (int i = 0; i < 20; ++i) {
    while (window < piece.size()) {
      const Frame more = client.read(NGHTTP2_WINDOW_UPDATE);
      if (more.stream == 1) window += more.last_number();
    }
    client.send(Client::data(1, piece, i == 19 ? NGHTTP2_FLAG_END_STREAM : 0));
    window -= piece.size();
  }
  EXPECT_EQ(client.answer(1).body.size(), 20 * piece.size());
}

TEST(Http2Connection, SendsContinueForABodyThatExpectsIt) {
  TestServer server;
  Client client(server.server.port());
  client.send(Client::post(1, "/echo", {{"expect", "100-continue"}}));
  (void)client.read(NGHTTP2_HEADERS);
  EXPECT_EQ(client.so_far(1).interim, std::vector<int>{100});
  client.send(Client::data(1, "here"));
  EXPECT_EQ(client.answer(1).body, "here");
}

TEST(Http2Connection, ABodyThatPausesIsA408) {
  TestServer server({.body_idle_time_max = milliseconds{50}, .body_bytes_buffered_max = 0});
  Client client(server.server.port());
  client.send(Client::post(1, "/count") + Client::data(1, "a", 0));
  EXPECT_EQ(client.answer(1).body, "408 request.body_timeout");
  EXPECT_EQ(server.handler.body_error.wait(), "request.body_timeout");
}

TEST(Http2Connection, AnAnswerBeforeTheEndOfTheRequestStopsIt) {
  TestServer server({.body_bytes_buffered_max = 0});
  Client client(server.server.port());
  client.send(Client::post(1, "/early", {{"content-length", "100"}}));
  EXPECT_EQ(client.answer(1).body, "you asked for /early");
  EXPECT_EQ(client.read(NGHTTP2_RST_STREAM).last_number(), NGHTTP2_NO_ERROR);
  client.send(Client::data(1, "still under way"));
  EXPECT_EQ(client.fetch(3, "/next").body, "you asked for /next");
}

TEST(Http2Connection, EndsWhenNothingComes) {
  const Limits limits{.header_time_max = milliseconds{50}, .idle_time_max = milliseconds{50}};
  TestServer server(limits);
  Client idle(server.server.port());
  EXPECT_EQ(idle.farewell(), NGHTTP2_NO_ERROR);
  Client slow(server.server.port());
  slow.acknowledges = false;  // nothing may come between the pieces of a head
  slow.send(Client::frame(NGHTTP2_HEADERS, 0, 1, Client::block(Client::head("GET", "/"))));
  EXPECT_EQ(slow.farewell(), NGHTTP2_ENHANCE_YOUR_CALM);
  test::RawClient silent = server.connect();
  silent.send(NGHTTP2_CLIENT_MAGIC);
  EXPECT_NE(silent.read_until_close(), "");
}

TEST(Http2Connection, AnIdleOneReleasesItsMemoryAndContinues) {
  TestServer server({.idle_time_max = milliseconds{5000}, .idle_memory_time_max = milliseconds{1}});
  Client client(server.server.port());
  EXPECT_EQ(client.fetch(1, "/a").status, 200);
  for (std::int32_t id = 3; id < 9; id += 2) EXPECT_EQ(client.fetch(id, "/b").status, 200);
}

TEST(Http2Connection, EndsAfterItsLastRequest) {
  TestServer server({.requests_per_connection_max = 2});
  Client client(server.server.port());
  EXPECT_EQ(client.fetch(1, "/1").status, 200);
  EXPECT_EQ(client.fetch(3, "/2").status, 200);
  EXPECT_EQ(client.fetch(5, "/before-the-last-word").status, 200);
  EXPECT_EQ(client.farewell(), NGHTTP2_NO_ERROR);
}

TEST(Http2Connection, AStoppingServerAnswersWhatIsUnderWay) {
  TestServer server;
  Client client(server.server.port());
  client.send(Client::get(1, "/gate"));
  auto* const loop = server.handler.entered.wait();
  std::thread stopping([&server] { server.server.stop(std::chrono::seconds{10}); });
  EXPECT_EQ(client.read(NGHTTP2_GOAWAY).number_at(0), 0x7FFFFFFFU);
  EXPECT_EQ(client.fetch(3, "/had-not-heard-of-it").status, 200);
  EXPECT_EQ(client.read(NGHTTP2_GOAWAY).number_at(0), 3U);
  server.handler.open(*loop);
  EXPECT_EQ(client.answer(1).body, "opened");
  EXPECT_EQ(client.farewell(), NGHTTP2_NO_ERROR);
  client.raw().close();
  stopping.join();
  EXPECT_EQ(server.server.connections(), 0U);
}

TEST(Http2Connection, AStoppingServerCancelsWhatTakesTooLong) {
  TestServer server;
  Client client(server.server.port());
  client.send(Client::get(1, "/gate"));
  (void)server.handler.entered.wait();
  server.server.stop(milliseconds{0});
  EXPECT_EQ(server.handler.left.wait(), "cancelled");
}

TEST(Http2Connection, AHandlerThatCannotBeCancelledGoesWithItsLoop) {
  TestServer server;
  Client client(server.server.port());
  client.send(Client::get(1, "/stubborn"));
  (void)server.handler.entered.wait();
  client.send(Client::reset(1));
  EXPECT_EQ(client.fetch(3, "/next").status, 200);
}

}  // namespace
}  // namespace ashlar::http::detail
