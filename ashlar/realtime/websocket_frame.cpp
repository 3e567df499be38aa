// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/websocket_frame.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/realtime/message_deflate.hpp"

#include <algorithm>
#include <cstring>

namespace ashlar::realtime {

namespace {

constexpr std::size_t control_bytes_max = 125;  // section 5.5
constexpr std::size_t close_code_bytes = 2;
constexpr unsigned fin_bit = 0x80;
constexpr unsigned rsv1_bit = 0x40;
constexpr unsigned mask_bit = 0x80;
constexpr std::size_t kept_bytes_max = 16 * 1024;  // a larger buffer is given back after its message

std::uint8_t byte_of(char c) { return static_cast<std::uint8_t>(c); }

bool is_known(Opcode opcode) {
  switch (opcode) {
    case Opcode::continuation:
    case Opcode::text:
    case Opcode::binary:
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      return true;
  }
  return false;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char c : bytes) out = out << 8 | byte_of(c);
  return out;
}

// Whole headers have this many bytes, as their second byte says.
std::size_t header_bytes(char second) {
  const unsigned length = byte_of(second) & 0x7FU;
  return 2U + (length == 126 ? 2U : length == 127 ? 8U : 0U) + ((byte_of(second) & mask_bit) != 0 ? 4U : 0U);
}

// Eight bytes at a time: the mask repeats every four.
void apply_mask(std::span<char> payload, std::array<char, 4> mask, std::uint64_t offset) {
  std::rotate(mask.begin(), mask.begin() + static_cast<std::ptrdiff_t>(offset % 4), mask.end());
  std::array<char, 8> twice{};
  std::copy(mask.begin(), mask.end(), twice.begin());
  std::copy(mask.begin(), mask.end(), twice.begin() + 4);
  std::uint64_t key = 0;
  std::memcpy(&key, twice.data(), sizeof key);
  std::size_t at = 0;
  for (; at + sizeof key <= payload.size(); at += sizeof key) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload.data() + at, sizeof word);
    word ^= key;
    std::memcpy(payload.data() + at, &word, sizeof word);
  }
  for (; at < payload.size(); ++at) payload[at] = static_cast<char>(byte_of(payload[at]) ^ byte_of(mask[at % 4]));
}

}  // namespace

bool may_be_sent(std::uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1014) && code != 1004 && code != 1005 && code != 1006;
}

std::size_t MessageReader::take_header(std::span<const char> input) {
  std::size_t taken = 0;
  const auto take_to = [&](std::size_t size) {
    const std::size_t count = std::min(size - header_size_, input.size() - taken);
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(taken), count,
                header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    header_size_ += count;
    taken += count;
  };
  if (header_size_ < 2) take_to(2);
  if (header_size_ >= 2) take_to(header_bytes(header_[1]));
  return taken;
}

// What is wrong with the first two bytes. Refused before the rest of the header, so that a peer cannot keep the
// connection waiting in a frame that cannot be right.
std::optional<CloseCode> MessageReader::check_first_bytes() const {
  const unsigned first = byte_of(header_[0]);
  const unsigned second = byte_of(header_[1]);
  const auto opcode = static_cast<Opcode>(first & 0x0FU);
  const bool is_final = (first & fin_bit) != 0;
  const bool is_compressed = (first & rsv1_bit) != 0;
  if ((first & 0x30U) != 0 || !is_known(opcode)) return CloseCode::protocol_error;
  if (((second & mask_bit) != 0) != (peer_ == Peer::client)) return CloseCode::protocol_error;
  if (byte_of(static_cast<char>(opcode)) >= 8) {
    if (!is_final || is_compressed || (second & 0x7FU) > control_bytes_max) return CloseCode::protocol_error;
    return std::nullopt;
  }
  // RSV1 belongs to the first frame of a message alone (RFC 7692 section 6.1).
  if (is_compressed && (inflater_ == nullptr || opcode == Opcode::continuation)) return CloseCode::protocol_error;
  if ((opcode == Opcode::continuation) != in_message_) return CloseCode::protocol_error;
  return std::nullopt;
}

std::optional<CloseCode> MessageReader::begin_frame() {
  const unsigned first = byte_of(header_[0]);
  frame_ = {.opcode = static_cast<Opcode>(first & 0x0FU),
            .is_final = (first & fin_bit) != 0,
            .is_compressed = (first & rsv1_bit) != 0};
  const unsigned length = byte_of(header_[1]) & 0x7FU;
  std::size_t at = 2;
  frame_.length = length;
  if (length >= 126) {
    const std::size_t bytes = length == 126 ? 2 : 8;
    frame_.length = big_endian({header_.data() + at, bytes});
    at += bytes;
    // The shortest form is required (section 5.2), and the highest bit of 64 is zero.
    if (frame_.length < (length == 126 ? 126U : 65'536U) || (frame_.length >> 63U) != 0)
      return CloseCode::protocol_error;
  }
  if ((byte_of(header_[1]) & mask_bit) != 0)
    std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(at), 4, frame_.mask.begin());
  in_payload_ = true;
  taken_ = 0;
  header_size_ = 0;
  if (is_control()) return std::nullopt;
  if (!in_message_) {
    message_opcode_ = frame_.opcode;
    message_compressed_ = frame_.is_compressed;
    fragments_ = 0;
    utf8_ = {};
  }
  if (++fragments_ > limits_.fragments_max) return CloseCode::policy_violation;
  // The bytes that are announced count: a peer that sends them slowly is not waited for in vain.
  if (frame_.length > limits_.message_bytes_max - message_.size()) return CloseCode::message_too_big;
  return std::nullopt;
}

void MessageReader::unmask(std::span<char> payload) {
  if (peer_ == Peer::client) apply_mask(payload, frame_.mask, taken_);
}

MessageReader::Step MessageReader::step(std::span<char> input) {
  if (message_ended_) {
    message_ended_ = false;
    message_.clear();
    if (message_.capacity() > kept_bytes_max) message_.shrink_to_fit();
    if (inflated_.capacity() > kept_bytes_max) std::string().swap(inflated_);
  }
  std::size_t consumed = 0;
  if (!in_payload_) {
    consumed = take_header(input);
    if (header_size_ >= 2) {
      if (const auto fault = check_first_bytes()) return failed(*fault);
    }
    if (header_size_ < 2 || header_size_ < header_bytes(header_[1]))
      return {.outcome = Outcome::need_more, .consumed = consumed};
    if (const auto fault = begin_frame()) return failed(*fault);
  }
  return take_payload(input.subspan(consumed), consumed);
}

MessageReader::Step MessageReader::take_payload(std::span<char> input, std::size_t consumed) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), frame_.length - taken_));
  const std::span<char> piece = input.first(size);
  unmask(piece);
  const std::string_view text(piece.data(), piece.size());
  consumed += size;
  if (is_control()) {
    std::ranges::copy(text, control_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ += size;
    if (taken_ < frame_.length) return {.outcome = Outcome::need_more, .consumed = consumed};
    in_payload_ = false;
    return end_control({control_.data(), static_cast<std::size_t>(frame_.length)}, consumed);
  }
  const bool is_whole_message = taken_ == 0 && size == frame_.length && frame_.is_final && !in_message_;
  taken_ += size;
  if (message_opcode_ == Opcode::text && !message_compressed_ && !utf8_.feed(text))
    return failed(CloseCode::invalid_payload);
  if (is_whole_message) {
    in_payload_ = false;
    return end_message(text, consumed);
  }
  message_ += text;
  if (taken_ < frame_.length) return {.outcome = Outcome::need_more, .consumed = consumed};
  in_payload_ = false;
  in_message_ = !frame_.is_final;
  if (in_message_) return {.outcome = Outcome::fragment, .consumed = consumed};
  return end_message(message_, consumed);
}

MessageReader::Step MessageReader::end_message(std::string_view whole, std::size_t consumed) {
  message_ended_ = true;
  if (message_compressed_) {
    switch (inflater_->inflate(whole, limits_.message_bytes_max, inflated_)) {
      case MessageInflater::Outcome::malformed:
        return failed(CloseCode::invalid_payload);
      case MessageInflater::Outcome::too_big:
        return failed(CloseCode::message_too_big);
      case MessageInflater::Outcome::inflated:
        whole = inflated_;
    }
    if (message_opcode_ == Opcode::text && !is_utf8(whole)) return failed(CloseCode::invalid_payload);
  } else if (message_opcode_ == Opcode::text && !utf8_.is_complete()) {
    return failed(CloseCode::invalid_payload);
  }
  return {.outcome = message_opcode_ == Opcode::text ? Outcome::text : Outcome::binary,
          .consumed = consumed,
          .payload = whole};
}

MessageReader::Step MessageReader::end_control(std::string_view payload, std::size_t consumed) {
  if (frame_.opcode != Opcode::close) {
    return {.outcome = frame_.opcode == Opcode::ping ? Outcome::ping : Outcome::pong,
            .consumed = consumed,
            .payload = payload};
  }
  if (payload.empty()) return {.outcome = Outcome::close, .consumed = consumed};
  if (payload.size() < close_code_bytes) return failed(CloseCode::protocol_error);
  const auto code = static_cast<std::uint16_t>(big_endian(payload.substr(0, close_code_bytes)));
  const std::string_view reason = payload.substr(close_code_bytes);
  if (!may_be_sent(code)) return failed(CloseCode::protocol_error);
  if (!is_utf8(reason)) return failed(CloseCode::invalid_payload);
  return {.outcome = Outcome::close, .consumed = consumed, .payload = reason, .code = static_cast<CloseCode>(code)};
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, Coding coding,
                  const std::optional<Mask>& mask) {
  const unsigned rsv1 = coding == Coding::deflated ? rsv1_bit : 0U;
  out.push_back(static_cast<char>(fin_bit | rsv1 | static_cast<unsigned>(opcode)));
  const unsigned masked = mask ? mask_bit : 0U;
  const auto append_length = [&](unsigned marker, int bytes) {
    out.push_back(static_cast<char>(masked | marker));
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
      out.push_back(static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> shift & 0xFFU));
  };
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(masked | static_cast<unsigned>(payload.size())));
  } else if (payload.size() <= 0xFFFF) {
    append_length(126, 2);
  } else {
    append_length(127, 8);
  }
  if (mask) out.append(mask->data(), mask->size());
  out.append(payload);
  if (mask) apply_mask(std::span(out).last(payload.size()), *mask, 0);
}

void append_close(std::string& out, CloseCode code, std::string_view reason, const std::optional<Mask>& mask) {
  std::string payload;
  if (code != CloseCode::no_status) {
    const auto number = static_cast<std::uint16_t>(code);
    payload.push_back(static_cast<char>(number >> 8U));
    payload.push_back(static_cast<char>(number & 0xFFU));
    std::size_t size = std::min(reason.size(), control_bytes_max - close_code_bytes);
    while (size > 0 && size < reason.size() && (byte_of(reason[size]) & 0xC0U) == 0x80U) --size;
    payload += reason.substr(0, size);
  }
  append_frame(out, Opcode::close, payload, Coding::plain, mask);
}

}  // namespace ashlar::realtime
