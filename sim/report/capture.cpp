#include "demuxsim/report/capture.hpp"

#include <algorithm>
#include <utility>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/frame.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/lookup_text.hpp"

namespace demuxsim {
namespace {

std::string name_text(std::string_view name) {
  std::string text;
  append_name(text, name);
  return text;
}

/// `simulated host with nginx, worker x3`.
std::string description_of(const Directory& directory, HostId host) {
  std::string text = "simulated host";
  std::string_view before = " with ";
  for (const Directory::ProcessGroup& group : directory.processes(host)) {
    text += before;
    append_name(text, group.name);
    if (group.numbered) append_format(text, " x{}", group.count);
    before = ", ";
  }
  return text;
}

/// The header before a frame of LINKTYPE_PKTAP, as Wireshark's dissector reads it: little-endian,
/// texts of fixed length that end with a zero.
class PktapHeader {
 public:
  explicit PktapHeader(std::string& out) : out_(out) {}
  void u16(unsigned value) {
    out_ += static_cast<char>(value & 0xff);
    out_ += static_cast<char>(value >> 8 & 0xff);
  }
  void u32(std::uint32_t value) {
    u16(value & 0xffff);
    u16(value >> 16);
  }
  void text(std::string_view text, std::size_t bytes) {
    text = text.substr(0, bytes - 1);
    out_ += text;
    out_.append(bytes - text.size(), '\0');
  }

 private:
  std::string& out_;
};

constexpr std::uint32_t kPktapBytes = 108;
constexpr std::uint32_t kPktapPacket = 1;  // A packet follows.
constexpr std::uint32_t kPktapIn = 1;
constexpr std::uint32_t kPktapOut = 2;
constexpr std::uint32_t kNoPid = 0xffffffff;
constexpr std::uint32_t kDarwinInet = 2;
constexpr std::uint32_t kDarwinInet6 = 30;
constexpr std::size_t kPktapInterface = 24;
constexpr std::size_t kPktapCommand = 20;

/// Where the payload begins in its stream: the byte after the SYN is the first.
std::uint64_t offset_of(const Segment& relative) {
  const std::uint32_t first = relative.has(flag::kSyn) ? 0 : 1;
  return std::uint32_t{relative.seq.value - first};
}

}  // namespace

CaptureSink::CaptureSink(const Directory& directory,
                         std::span<const std::vector<IpAddress>> addresses, ByteSink& out,
                         CaptureOptions options)
    : directory_(directory),
      options_(std::move(options)),
      writer_(out, options_.pktap ? LinkType::pktap : LinkType::ethernet) {
  for (std::uint32_t i = 0; i < addresses.size(); ++i) {
    for (const IpAddress& address : addresses[i]) hosts_[address] = HostId{i};
  }
  write_head(addresses);
}

void CaptureSink::write_head(std::span<const std::vector<IpAddress>> addresses) {
  writer_.section(options_.comment, options_.application);
  for (std::uint32_t i = 0; i < options_.hosts.count; ++i) {
    const HostId host{options_.hosts.first.value + i};
    writer_.interface({name_text(directory_.host(host)), description_of(directory_, host),
                       ethernet_address(host), addresses[host.value]});
  }
  std::vector<PcapngName> names;
  for (std::uint32_t i = 0; i < addresses.size(); ++i) {
    for (const IpAddress& address : addresses[i]) {
      names.push_back({address, name_text(directory_.host(HostId{i}))});
    }
  }
  writer_.names(names);
}

void CaptureSink::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    book_.note(record);
    write_decided(record.at);
    switch (record.kind) {
      case TraceKind::segment_sent:
        add(record, PcapngDirection::outbound);
        break;
      case TraceKind::segment_received:
        if (options_.as_seen || is_of_router(record.segment)) {
          add(record, PcapngDirection::inbound);
        }
        break;
      case TraceKind::demux:
      case TraceKind::segment_dropped:
        decide(record);
        break;
      default:
        break;
    }
  }
}

/// What a router says is seen where it arrives: no host has sent it.
bool CaptureSink::is_of_router(const Segment& segment) {
  return segment.icmp != IcmpError::none && !host_of(segment.source) && find(segment.id) == nullptr;
}

HostId CaptureSink::host_of(const IpAddress& address) const {
  const auto found = hosts_.find(address);
  return found == hosts_.end() ? HostId{} : found->second;
}

void CaptureSink::add(const TraceRecord& record, PcapngDirection direction) {
  if (!options_.hosts.has(record.host)) return;
  const Segment& segment = record.segment;
  const bool inbound = direction == PcapngDirection::inbound;
  // What a host sends to itself crosses its loopback once.
  const bool is_loopback = host_of(segment.source) == host_of(segment.destination);
  if (inbound && is_loopback) return;
  Pending pending;
  pending.segment = segment;
  pending.at = record.at;
  pending.host = record.host;
  pending.direction = direction;
  pending.payload_offset = offset_of(book_.relative(segment));
  append_format(pending.comment, "segment {}", segment.id);
  if (!inbound && record.process) {
    pending.comment += ", sent by ";
    append_owner(pending.comment, record, directory_);
    pending.sender = record.process;
  }
  const bool waits = inbound || is_loopback || !options_.as_seen;
  if (waits) {
    waiting_[segment.id] = written_ + pending_.size();
  } else {
    pending.decided = record.at;
  }
  pending_.push_back(std::move(pending));
}

CaptureSink::Pending* CaptureSink::find(std::uint64_t id) {
  const auto found = waiting_.find(id);
  return found == waiting_.end() ? nullptr : &pending_[found->second - written_];
}

/// A look-up, or the end of a segment on its way.
void CaptureSink::decide(const TraceRecord& record) {
  Pending* const pending = find(record.segment.id);
  if (pending == nullptr) return;
  pending->decided = record.at;
  if (record.kind == TraceKind::segment_dropped) {
    append_format(pending->comment, "; dropped: {}", name_of(record.reason));
    return;
  }
  pending->lookup = record;
  append_format(pending->comment, "; {}: ", name_text(directory_.host(record.host)));
  append_lookup(pending->comment, record, directory_, book_);
}

/// A host may drop in the same instant what it has looked up; so frames wait until time moves on.
void CaptureSink::write_decided(SimTime before) {
  while (!pending_.empty() && pending_.front().decided < before) {
    write(pending_.front());
    // A copy of the same segment may wait behind it.
    const auto waits = waiting_.find(pending_.front().segment.id);
    if (waits != waiting_.end() && waits->second == written_) waiting_.erase(waits);
    pending_.pop_front();
    ++written_;
  }
}

void CaptureSink::write(const Pending& pending) {
  frame_.clear();
  if (options_.pktap) append_pktap(pending);
  const bool outbound = pending.direction == PcapngDirection::outbound;
  const FrameEnds ends{outbound ? pending.host : host_of(pending.segment.source),
                       host_of(pending.segment.destination)};
  append_frame(frame_, pending.segment, ends, pending.payload_offset);
  writer_.packet({pending.host.value - options_.hosts.first.value, pending.at, frame_,
                  pending.direction, pending.segment.id, pending.comment});
}

/// The process is the host's own that sends or receives, the effective one that which the look-up
/// has found, on whatever host.
void CaptureSink::append_pktap(const Pending& pending) {
  const auto number = [](ProcessId process) { return process ? pid_of(process) : kNoPid; };
  const auto name = [&](HostId host, ProcessId process) {
    return process ? name_text(directory_.process(host, process)) : std::string();
  };
  const bool outbound = pending.direction == PcapngDirection::outbound;
  const ProcessId found = pending.lookup ? pending.lookup->process : ProcessId{};
  const HostId found_at = pending.lookup ? pending.lookup->host : HostId{};
  const ProcessId own = outbound ? pending.sender : found;
  PktapHeader header(frame_);
  header.u32(kPktapBytes);
  header.u32(kPktapPacket);
  header.u32(static_cast<std::uint32_t>(LinkType::ethernet));
  header.text(name_text(directory_.host(pending.host)), kPktapInterface);
  header.u32(outbound ? kPktapOut : kPktapIn);
  header.u32(pending.segment.is_ipv4() ? kDarwinInet : kDarwinInet6);
  header.u32(14);  // Bytes of the link layer before the packet, and none behind it.
  header.u32(0);
  header.u32(number(own));
  header.text(name(pending.host, own), kPktapCommand);
  header.u32(0);  // Service class: best effort.
  header.u16(6);  // Interface type: Ethernet.
  header.u16(0);  // Unit.
  header.u32(number(found));
  header.text(name(found_at, found), kPktapCommand);
}

void CaptureSink::finish(bool is_over) {
  if (!is_over && !pending_.empty()) {
    pending_.back().comment += "; the run was interrupted after this";
  }
  for (Pending& pending : pending_) {
    if (pending.decided == kNever) pending.comment += "; on its way when the run ended";
    write(pending);
  }
  pending_.clear();
  waiting_.clear();
}

}  // namespace demuxsim
