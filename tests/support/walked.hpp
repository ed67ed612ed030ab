// The steps of a look-up as a line of text, and keys that are told apart by their remote port.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

inline FourTuple4 tuple(std::uint16_t port) { return {0x0a000001, 0x0a000002, 80, port}; }

/// A hash whose number is known: the remote port.
struct PortHash {
  explicit PortHash(const HashConfig& = {}) {}
  template <class Key>
  std::uint64_t operator()(const Key& key) const {
    return key.remote_port;
  }
};

/// `chain 3/19, cache 22, compare 41, compare 3!`: what was compared by its port, and `!` where it
/// matched.
template <class D>
std::string walked(const D& table, const FourTuple4& sought) {
  static constexpr std::array kNames = {"queue", "chain", "group",   "received",
                                        "sent",  "cache", "compare", "pass"};
  std::string text;
  table.walk(sought, [&](const LookupStep& step, const FourTuple4* key) {
    if (!text.empty()) text += ", ";
    text += kNames[static_cast<std::size_t>(step.kind)];
    text += ' ';
    text += key != nullptr ? std::to_string(key->remote_port)
                           : std::to_string(step.number) + '/' + std::to_string(step.count);
    if (step.matched) text += '!';
  });
  return text;
}

}  // namespace demuxsim
