// A run as the page's script gets it: one JSON object. What happens often is written as arrays of
// numbers, and every text stands once in a list and is called by its place there, so that the page
// of a long run stays small.
//
// The lists, by what refers to them (W: a number in "words", and so on):
//   words      texts                          endpoints  [text, port]
//   hosts      [name W, actor]                processes  [host, name W, pid, room of its actor]
//   paths      [node, ...] of the map         rows       [host, process, fd, name W, state, local
//   E,
//                                                         peer E]: a socket, as it was for a while
//   segments   [id, from E, to E, flags, seq, ack, relative seq, relative ack, window, mss, bytes,
//               hop limit, IP bytes, path, and of an ICMP error its name]
//   moments    {t: ns since the start, h: host,
//               k: 0 sent, 1 received, 2 dropped, 3 a call, 4 something else,
//               s: segment, q: process that sends it, a: 1 if it was sent before,
//               r: reason W, w: why W, l: hop limit now, c: [call W, process, result W, name W],
//               e: [local E, peer E] of the call's connection,
//               d: [rule, connections, listeners examined, process, fd, verdict W, note W,
//                   [[name W, sentence W, [[outcome, text W], ...]], ...]],
//               x: [[local E, peer E, from, to, process], ...]: changes of state,
//               b: [[row number, row], ...]: what the host's table has there now,
//               p: [[action, port, process], ...]}
//   ledger     [host, port, process, action, first moment, last moment, ns]: who took which port
//   sums       of one of several runs: {fates: [refused, timed out, reset], keys: [look-ups, sum,
//               most], ports: [[actor's name, [port, ...], how many more], ...], received:
//               [[process or host, segments, [[rule, segments], ...]], ...], more: of received}
//   gap        what was left out before a moment, and what stood in the tables at its end
// None is written as -1.
#pragma once

#include <string>

#include "demuxsim/picture/seen_run.hpp"

namespace demuxsim {

/// The object. It holds no `<`, so it may stand in a script element whatever the scenario says.
std::string page_model(const SeenRun& run);

}  // namespace demuxsim
