// A listener under a flood of SYNs: it answers with a cookie and remembers nothing, and makes the
// connection when the cookie comes back.
#include "demuxsim/host/host.hpp"
#include "demuxsim/tcp/mss.hpp"
#include "demuxsim/tcp/syn_cookie.hpp"

namespace demuxsim {

void Host::answer_with_cookie(PassiveSocket& passive, const Segment& syn) {
  passive.cookies_until = later(now_, 2 * kCookiePeriod);
  const TcpConfig& tcp = tcp_of(passive);
  Segment answer = back_to_sender(syn);
  answer.seq = syn_cookie(secret_, syn, now_);
  answer.ack = syn.seq + 1;
  answer.flags = flag::kSyn | flag::kAck;
  answer.mss = own_mss(tcp, syn.is_ipv4() ? Family::ipv4 : Family::ipv6);
  answer.window = static_cast<std::uint16_t>(std::min(tcp.window, 65535u));
  emit(answer, passive.process);
}

/// An ACK that finds a listener alone: if it brings back a cookie, the connection it belongs to
/// begins where its SYN would have left it. False where it does not.
bool Host::take_cookie(std::uint32_t listener, const Segment& segment) {
  const PassiveSocket& passive = passives_[listener];
  if (segment.has(flag::kSyn | flag::kRst) || now_ >= passive.cookies_until) return false;
  const std::optional<std::uint16_t> mss = check_syn_cookie(secret_, segment, now_);
  if (!mss) return false;
  if (passive.waiting > passive.service->backlog) {
    record_drop(segment, DropReason::backlog_full);
    return true;
  }
  Segment syn = segment;
  syn.seq = segment.seq - 1;
  syn.flags = flag::kSyn;
  syn.mss = *mss;
  syn.payload_bytes = 0;
  syn.options = syn.sack_count = 0;
  TcpConnection tcp = TcpConnection::open_from_syn(syn, segment.ack - 1, tcp_of(passive));
  tcp.skip_syn();
  PortHolding holding = passive.holding;
  holding.listening = false;
  holding.address = address_index(segment.destination).value();
  const std::uint32_t slot =
      add_child(listener, std::move(tcp), segment.to(), segment.from(), holding);
  record_state(connections_[slot], TcpState::listen, TcpState::syn_received);
  arrive_at_connection(slot, segment);
  return true;
}

}  // namespace demuxsim
