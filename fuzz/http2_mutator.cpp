// SPDX-License-Identifier: Apache-2.0
// Half of the inputs of http2.cpp are made frame by frame: bytes alone seldom make a second frame out of a first one.
#include "fuzz/fuzz.hpp"

#include <utility>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t size_max,
                                               unsigned seed);

namespace {

constexpr std::size_t head_bytes = 9;

using Frame = std::vector<std::uint8_t>;  // with its head

std::vector<Frame> frames_of(const std::uint8_t* data, std::size_t size) {
  std::vector<Frame> out;
  for (std::size_t at = 0; at < size;) {
    std::size_t whole = size - at;
    if (whole >= head_bytes) {
      const std::size_t payload = std::size_t{data[at]} << 16U | std::size_t{data[at + 1]} << 8U | data[at + 2];
      whole = std::min(whole, head_bytes + payload);
    }
    out.emplace_back(data + at, data + at + whole);
    at += whole;
  }
  return out;
}

void change_payload(Frame& frame, std::size_t size_max) {
  Frame payload(frame.begin() + head_bytes, frame.end());
  const std::size_t size = payload.size();
  payload.resize(std::min<std::size_t>(size + 64, size_max));
  payload.resize(LLVMFuzzerMutate(payload.data(), std::min(size, payload.size()), payload.size()));
  frame.resize(head_bytes);
  frame.insert(frame.end(), payload.begin(), payload.end());
  for (std::size_t i = 0; i < 3; ++i) frame[i] = static_cast<std::uint8_t>(payload.size() >> (8 * (2 - i)));
}

}  // namespace

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t size_max, unsigned seed) {
  std::vector<Frame> frames = frames_of(data, size);
  if (frames.empty() || seed % 2 == 0) return LLVMFuzzerMutate(data, size, size_max);
  const auto some = [&frames](unsigned number) { return number % frames.size(); };
  const std::size_t chosen = some(seed >> 8U);
  Frame& frame = frames[chosen];
  switch (seed >> 1U & 7U) {
    case 0:
      frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(some(seed >> 16U)), Frame(frame));
      break;
    case 1:
      frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(chosen));
      break;
    case 2:
      std::swap(frame, frames[some(seed >> 16U)]);
      break;
    case 3:
      if (frame.size() > 8) frame[8] = static_cast<std::uint8_t>(seed >> 16U & 15U);  // the stream
      break;
    case 4:
      if (frame.size() > 4) frame[4] ^= static_cast<std::uint8_t>(1U << (seed >> 16U & 7U));  // a flag
      break;
    case 5:
      if (frame.size() > 3) frame[3] = static_cast<std::uint8_t>((seed >> 16U) % 11);  // the type
      break;
    default:
      if (frame.size() >= head_bytes) change_payload(frame, size_max);
  }
  std::size_t out = 0;
  for (const Frame& each : frames) {
    const std::size_t part = std::min(each.size(), size_max - out);
    std::copy_n(each.begin(), part, data + out);
    out += part;
  }
  return out;
}
