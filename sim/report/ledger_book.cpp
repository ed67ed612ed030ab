#include "demuxsim/report/ledger_book.hpp"

#include "demuxsim/tcp/state.hpp"

namespace demuxsim {
namespace {

/// A socket that was bound without a port has one from its connect on, of which only the change of
/// state tells.
bool begins_to_call(const TraceRecord& record) {
  return record.kind == TraceKind::state &&
         static_cast<TcpState>(record.from) == TcpState::closed &&
         static_cast<TcpState>(record.to) == TcpState::syn_sent;
}

}  // namespace

void LedgerBook::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    const std::uint64_t key = key_of(record.host, record.segment.source_port);
    if (begins_to_call(record)) {
      takings_.try_emplace(key, Taking{record.at, record.process, PortAction::allocated});
    } else if (record.kind != TraceKind::port) {
      continue;
    } else if (record.port_action == PortAction::released) {
      takings_.erase(key);
    } else {
      takings_.try_emplace(key, Taking{record.at, record.process, record.port_action});
    }
  }
}

const LedgerBook::Taking* LedgerBook::find(HostId host, Port port) const {
  const auto found = takings_.find(key_of(host, port));
  return found == takings_.end() ? nullptr : &found->second;
}

}  // namespace demuxsim
