// A made-up run that shows every kind of record, for the golden files of all reports.
#pragma once

#include <string>
#include <vector>

#include "demuxsim/tcp/state.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim::test {

inline Endpoint at(const char* address, int port) {
  return {IpAddress::parse(address).value(), Port{static_cast<std::uint16_t>(port)}};
}

/// Writes records one by one; the setters change the last one.
class Story {
 public:
  static constexpr HostId kWeb{0};
  static constexpr HostId kAlice{1};
  static constexpr HostId kHostile{2};
  static constexpr ProcessId kNginx{0};
  static constexpr ProcessId kWorker2{3};
  static constexpr ProcessId kBrowser{0};
  static constexpr SocketName kA1{0, SocketName::kNone};

  Story() {
    directory.add({"web", 1, false, "open", {{"nginx", 1, false}, {"worker", 3, true}}});
    directory.add({"alice", 1, false, "linear", {{"browser", 1, false}, {"curl", 1, false}}});
    directory.add({"m\"\\\n\x1b\xc3\xa9", 1, false, "open", {{"\xff\tx", 1, false}}});
    directory.add_socket_name("a1");
    directory.add_socket_name("q\"q");
  }

  Directory directory;
  std::vector<TraceRecord> records;

  Story& when(std::int64_t microseconds, HostId host) {
    now_ = kStart + std::chrono::microseconds{microseconds};
    host_ = host;
    return *this;
  }
  Story& call(SocketCall call, ProcessId process, Errno result = Errno::ok) {
    add(TraceKind::call).call = call;
    last().process = process;
    last().result = result;
    return *this;
  }
  Story& port(PortAction action, int port, ProcessId process) {
    add(TraceKind::port).port_action = action;
    last().process = process;
    last().segment.source_port = Port{static_cast<std::uint16_t>(port)};
    return *this;
  }
  Story& state(const Endpoint& local, const Endpoint& peer, TcpState from, TcpState to) {
    add(TraceKind::state).from = static_cast<std::uint8_t>(from);
    last().to = static_cast<std::uint8_t>(to);
    return ends(local, peer);
  }
  Story& sent(const Segment& segment) { return with(TraceKind::segment_sent, segment); }
  Story& received(const Segment& segment) { return with(TraceKind::segment_received, segment); }
  Story& dropped(const Segment& segment, DropReason reason) {
    with(TraceKind::segment_dropped, segment);
    last().reason = reason;
    return *this;
  }
  Story& demux(const Segment& segment, LookupRule rule, std::uint32_t connections,
               std::uint32_t listeners) {
    with(TraceKind::demux, segment);
    last().rule = rule;
    last().examined_connections = connections;
    last().examined_listeners = listeners;
    return *this;
  }

  Story& by(ProcessId process, int fd = kNoDescriptor) {
    last().process = process;
    last().fd = fd;
    return *this;
  }
  Story& named(SocketName name) {
    last().socket = name;
    return *this;
  }
  Story& to(const Endpoint& endpoint) { return ends({}, endpoint); }
  Story& amount(std::uint64_t amount) {
    last().amount = amount;
    return *this;
  }
  Story& ends(const Endpoint& from, const Endpoint& to) {
    last().segment.source = from.address;
    last().segment.source_port = from.port;
    last().segment.destination = to.address;
    last().segment.destination_port = to.port;
    return *this;
  }

  /// A segment with a number of its own.
  Segment segment(const Endpoint& from, const Endpoint& to, unsigned flags, std::uint32_t seq,
                  std::uint32_t ack = 0, unsigned bytes = 0) {
    Segment segment;
    segment.id = ++segments_;
    segment.source = from.address;
    segment.source_port = from.port;
    segment.destination = to.address;
    segment.destination_port = to.port;
    segment.flags = static_cast<std::uint8_t>(flags);
    segment.seq = {seq};
    segment.ack = {ack};
    segment.window = (flags & flag::kRst) != 0 ? 0 : 65535;
    segment.mss = (flags & flag::kSyn) != 0 ? 1460 : 0;
    segment.payload_bytes = static_cast<std::uint16_t>(bytes);
    segment.stream = {0x1234abcd};
    return segment;
  }

 private:
  TraceRecord& last() { return records.back(); }
  TraceRecord& add(TraceKind kind) {
    TraceRecord record;
    record.at = now_;
    record.host = host_;
    record.kind = kind;
    records.push_back(record);
    return last();
  }
  Story& with(TraceKind kind, const Segment& segment) {
    add(kind).segment = segment;
    return *this;
  }

  SimTime now_;
  HostId host_;
  std::uint64_t segments_ = 0;
};

/// A browser calls a web server, sends 200 bytes, and both close.
inline void tell_of_a_connection(Story& story) {
  using enum TcpState;
  const Endpoint web = at("10.0.0.1", 80);
  const Endpoint any_web{{}, Port{80}};
  const Endpoint alice = at("10.0.0.11", 49152);
  const auto nginx = Story::kNginx;
  const auto browser = Story::kBrowser;
  constexpr auto kSynAck = flag::kSyn | flag::kAck;

  story.when(0, Story::kWeb).port(PortAction::bound, 80, nginx).by(nginx, 3);
  story.state(any_web, {}, closed, listen).by(nginx, 3);
  story.call(SocketCall::listen, nginx).to(any_web).amount(128);

  story.when(3, Story::kAlice).port(PortAction::allocated, 49152, browser).amount(3);
  story.state(alice, web, closed, syn_sent).by(browser, 3).named(Story::kA1);
  const Segment syn = story.segment(alice, web, flag::kSyn, 1'000'000);
  story.sent(syn);

  story.when(10'003, Story::kWeb).received(syn);
  story.demux(syn, LookupRule::listener_any, 0, 1).by(nginx, 3);
  story.state(web, alice, listen, syn_received).by(nginx);
  const Segment syn_ack = story.segment(web, alice, kSynAck, 5000, 1'000'001);
  story.sent(syn_ack);

  story.when(20'006, Story::kAlice).received(syn_ack);
  story.demux(syn_ack, LookupRule::exact_4_tuple, 1, 0).by(browser, 3);
  story.state(alice, web, syn_sent, established).by(browser, 3).named(Story::kA1);
  story.call(SocketCall::connect, browser).to(web).named(Story::kA1);
  story.call(SocketCall::send, browser).amount(200).named(Story::kA1);
  const Segment ack = story.segment(alice, web, flag::kAck, 1'000'001, 5001);
  const Segment data = story.segment(alice, web, flag::kAck | flag::kPsh, 1'000'001, 5001, 200);
  story.sent(ack).sent(data);

  story.when(30'009, Story::kWeb).received(ack);
  story.demux(ack, LookupRule::exact_4_tuple, 1, 0).by(nginx);
  story.state(web, alice, syn_received, established).by(nginx);
  story.call(SocketCall::accept, nginx).to(alice).by(nginx, 4);
  story.received(data).demux(data, LookupRule::exact_4_tuple, 1, 0).by(nginx, 4);
  story.call(SocketCall::receive, nginx).amount(200);

  const Segment fin = story.segment(alice, web, flag::kFin | flag::kAck, 1'000'201, 5001);
  story.when(40'000, Story::kAlice).call(SocketCall::close, browser).named(Story::kA1);
  story.state(alice, web, established, fin_wait_1).by(browser).named(Story::kA1).sent(fin);
  const Segment last = story.segment(web, alice, flag::kAck, 5001, 1'000'202);
  story.when(60'000, Story::kAlice).received(last);
  story.demux(last, LookupRule::exact_4_tuple, 1, 0).by(browser);
  story.state(alice, web, fin_wait_1, fin_wait_2);
  story.state(alice, web, fin_wait_2, time_wait);
  const Segment late = story.segment(web, alice, flag::kFin | flag::kAck, 5001, 1'000'202);
  story.when(70'000, Story::kAlice).received(late).demux(late, LookupRule::time_wait, 2, 0);
  story.when(60'060'000, Story::kAlice).state(alice, web, time_wait, closed);
  story.port(PortAction::released, 49152, {});
}

/// The other ways in which a look-up can end, and segments that never arrive.
inline void tell_of_other_lookups(Story& story) {
  using enum TcpState;
  const Endpoint alice = at("10.0.0.11", 49153);
  const Endpoint ftp = at("10.0.0.1", 21);
  const Endpoint closed_port = at("10.0.0.1", 8080);
  story.when(61'000'000, Story::kWeb);

  const Segment ask = story.segment(alice, ftp, flag::kSyn, 7);
  story.received(ask).demux(ask, LookupRule::listener_address, 3, 1).by(Story::kWorker2, 5);
  story.dropped(ask, DropReason::backlog_full);
  const Segment shared = story.segment(alice, at("10.0.0.1", 443), flag::kSyn, 9);
  story.received(shared).demux(shared, LookupRule::reuseport_hash, 0, 4);
  story.by(Story::kWorker2, 3);

  const Segment refused = story.segment(alice, closed_port, flag::kSyn, 4'000'000'000);
  story.received(refused).demux(refused, LookupRule::no_match, 0, 2);
  const Segment reset =
      story.segment(closed_port, alice, flag::kRst | flag::kAck, 0, 4'000'000'001);
  story.sent(reset).when(61'010'000, Story::kAlice).received(reset);
  story.demux(reset, LookupRule::exact_4_tuple, 1, 0).by(Story::kBrowser, 3);
  story.call(SocketCall::connect, Story::kBrowser, Errno::econnrefused).to(closed_port);
  const Segment stray = story.segment(closed_port, alice, flag::kRst, 1);
  story.received(stray).demux(stray, LookupRule::no_match, 5, 0);
  const Segment lost = story.segment(alice, ftp, flag::kAck | flag::kPsh, 8, 1, 1460);
  story.sent(lost).dropped(lost, DropReason::loss);

  const Segment switched =
      story.segment(at("10.0.0.1", 50001), alice, flag::kSyn | flag::kAck, 300, 8);
  story.received(switched).demux(switched, LookupRule::port_switch, 1, 0);
  story.by(Story::kBrowser, 3);
  const Segment orphan = story.segment(at("10.0.0.1", 50001), alice, flag::kAck, 301, 8);
  story.received(orphan).demux(orphan, LookupRule::exact_4_tuple, 1, 0);
}

/// IPv6, all flags, all calls, and names that JSON must escape.
inline void tell_of_oddities(Story& story) {
  const Endpoint six = at("2001:db8::1", 80);
  const Endpoint peer = at("2001:db8::b", 40000);
  const ProcessId process{0};
  story.when(62'000'000, Story::kHostile);
  const Segment odd = story.segment(peer, six, 0x3f, 0xffffffff, 1, 65535);
  story.received(odd).demux(odd, LookupRule::exact_4_tuple, 12, 0).by(process, 0);
  story.sent(story.segment(six, peer, 0, 0));
  story.state(six, peer, TcpState::closing, TcpState::last_ack).by(process).named({1, 17});
  story.port(PortAction::bound, 40000, process);
  const SocketName first = SocketName{1, 17}.first();
  story.call(SocketCall::bind, process, Errno::eaddrinuse).to(six).named(first);
  story.call(SocketCall::shutdown, process).named({1, 17});
  story.call(SocketCall::abort, process).call(SocketCall::exit, process);
  story.call(SocketCall::send, process, Errno::epipe).amount(1);
  story.call(SocketCall::inject, {}).ends(peer, six);
  story.call(SocketCall::reboot, {});
}

inline Story whole_story() {
  Story story;
  tell_of_a_connection(story);
  tell_of_other_lookups(story);
  tell_of_oddities(story);
  return story;
}

}  // namespace demuxsim::test
