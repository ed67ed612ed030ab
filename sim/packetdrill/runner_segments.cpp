// Segments that a script injects or expects.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/report/line_text.hpp"
#include "packetdrill/match.hpp"
#include "packetdrill/runner.hpp"
#include "packetdrill/segment_text.hpp"

namespace demuxsim::packetdrill {
namespace {

struct IcmpName {
  std::string_view type;
  std::string_view code;  ///< Empty: whatever it is.
  IcmpError error;
};

/// As packetdrill calls them, of IPv4 and of IPv6.
constexpr std::array kIcmpNames{
    IcmpName{"unreachable", "net_unreachable", IcmpError::net_unreachable},
    IcmpName{"unreachable", "no_route", IcmpError::net_unreachable},
    IcmpName{"unreachable", "host_unreachable", IcmpError::host_unreachable},
    IcmpName{"unreachable", "addr_unreachable", IcmpError::host_unreachable},
    IcmpName{"unreachable", "protocol_unreachable", IcmpError::protocol_unreachable},
    IcmpName{"unreachable", "port_unreachable", IcmpError::port_unreachable},
    IcmpName{"unreachable", "frag_needed", IcmpError::packet_too_big},
    IcmpName{"unreachable", "source_route_failed", IcmpError::source_route_failed},
    IcmpName{"unreachable", "pkt_filtered", IcmpError::prohibited},
    IcmpName{"unreachable", "admin_prohibited", IcmpError::prohibited},
    IcmpName{"packet_too_big", "", IcmpError::packet_too_big},
    IcmpName{"time_exceeded", "", IcmpError::time_exceeded},
    IcmpName{"parameter_problem", "", IcmpError::parameter_problem},
};

std::string with_time(std::string_view label, SimTime at, const SegmentPattern& pattern) {
  std::string text = fmt::format("\n{}  ", label);
  append_time(text, at);
  return fmt::format("{} {}", text, segment_text(pattern));
}

}  // namespace

void Runner::perform(const SegmentEvent& segment, const ScriptEvent& event) {
  if (!segment.ip_note.empty()) ignore(fmt::format("[{}]", segment.ip_note));
  if (segment.outbound) {
    expect(segment.pattern, event.time);
  } else {
    inject(segment.pattern);
  }
}

void Runner::inject(const SegmentPattern& pattern) {
  machine_.receive(process_.flow().injected(pattern));
}

void Runner::perform(const IcmpEvent& icmp, const ScriptEvent&) {
  if (icmp.outbound) {
    fail("no ICMP message was sent: the simulated host sends none");
    return;
  }
  const auto found = std::find_if(kIcmpNames.begin(), kIcmpNames.end(), [&](const IcmpName& each) {
    return each.type == icmp.type && (each.code.empty() || each.code == icmp.code);
  });
  if (found == kIcmpNames.end()) {
    fail(fmt::format("the ICMP message '{}{}{}' is not known", icmp.type,
                     icmp.code.empty() ? "" : " ", icmp.code));
    return;
  }
  machine_.receive(process_.flow().injected(found->error, icmp.mtu.value_or(0),
                                            icmp.about.value_or(SegmentPattern{})));
}

void Runner::expect(const SegmentPattern& pattern, const EventTime& time) {
  const Window window = window_of(time);
  const SimTime limit = later(window.to, settings_.tolerance);
  while (sent_.empty() && step(limit)) {
  }
  if (has_failed()) return;
  if (sent_.empty()) {
    std::string text = "no segment was sent";
    if (limit != kNever) {
      text += " until ";
      append_time(text, limit);
      text += " sec";
    }
    fail(text + with_time("script packet:", window.from, pattern));
    return;
  }
  const Machine::Sent sent = sent_.front();
  sent_.pop_front();
  const bool is_exact = time.kind != EventTime::Kind::any && window.from == window.to;
  base_ = is_exact ? window.from : sent.at;
  compare(pattern, sent, window);
}

void Runner::compare(const SegmentPattern& pattern, const Machine::Sent& sent, Window window) {
  Flow& flow = process_.flow();
  flow.note_expected(pattern, sent.segment);
  const SegmentPattern actual = flow.written(sent.segment);
  const std::string packets = with_time("script packet:", window.from, pattern) +
                              with_time("actual packet:", sent.at, actual);
  const std::string found = difference(pattern, actual, settings_.tolerance);
  if (!found.empty()) {
    fail(fmt::format("error handling packet: {}{}", found, packets));
  } else if (sent.at > later(window.to, settings_.tolerance) ||
             later(sent.at, settings_.tolerance) < window.from) {
    std::string text = "timing error: expected outbound packet at ";
    append_time(text, window.from);
    text += " sec but happened at ";
    append_time(text, sent.at);
    text += " sec; tolerance ";
    append_time(text, kStart + settings_.tolerance);
    fail(text + " sec" + packets);
  }
}

}  // namespace demuxsim::packetdrill
