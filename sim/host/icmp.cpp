// ICMP errors: each quotes a segment that this host has sent, and is for the connection that sent
// it (RFC 1122 section 4.2.3.9, RFC 9293 section 3.9.2.2, MUST-56).
#include "demuxsim/host/host.hpp"

namespace demuxsim {

void Host::on_icmp(const Segment& error) {
  const Endpoint local = error.to();
  const Endpoint remote{error.quoted_destination(), error.source_port};
  if (error.is_ipv4()) {
    arrive_icmp(tuples4_, four_tuple4(local.address, local.port, remote.address, remote.port),
                error);
  } else {
    arrive_icmp(tuples6_, four_tuple6(local.address, local.port, remote.address, remote.port),
                error);
  }
  drain();
}

/// Only a whole 4-tuple finds its connection: an error never reaches a listener, and one about
/// nobody's segment, or about what a connection in TIME-WAIT has sent, is ignored.
template <class Key>
void Host::arrive_icmp(TupleTable<Key>& table, const Key& key, const Segment& error) {
  if (wants(TraceKind::probe)) record_probes(table, key);
  const auto found = table.find(key);
  if (found.connection == table.kNone) {
    const bool waiting = found.waiting != table.kNone;
    record_lookup(error, waiting ? LookupRule::time_wait : LookupRule::no_match, found.examined, 0,
                  {});
    return;
  }
  Connection& connection = connections_[found.connection];
  record_lookup(error, LookupRule::exact_4_tuple, found.examined, 0, owner_of(connection));
  const TcpNews news = connection.tcp.on_icmp(now_, error, tcp_of(connection));  // MUST-54
  if (news.dropped) record_drop(error, DropReason::unacceptable);
  after(found.connection, news);
}

}  // namespace demuxsim
