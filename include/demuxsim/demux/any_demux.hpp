// Every demultiplexer in one type, chosen by its name in a scenario. To add one of your own, write
// a header with a class that is a NamedDemultiplexer (linear_list.hpp is the shortest), include it
// here and add a line to the list below: its kInfo makes it known by name everywhere.
#pragma once

#include <cstdint>
#include <variant>

#include "demuxsim/demux/algorithm.hpp"
#include "demuxsim/demux/any_hash.hpp"
#include "demuxsim/demux/bsd_list.hpp"
#include "demuxsim/demux/flat_table.hpp"
#include "demuxsim/demux/hashed_chains.hpp"
#include "demuxsim/demux/linear_list.hpp"
#include "demuxsim/demux/linux_table.hpp"
#include "demuxsim/demux/move_to_front_list.hpp"
#include "demuxsim/demux/one_of.hpp"
#include "demuxsim/demux/open_table.hpp"
#include "demuxsim/demux/rss_queues.hpp"
#include "demuxsim/demux/send_receive_list.hpp"
#include "demuxsim/demux/sequent_chains.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

/// The first is the default.
template <class Key>
using Demultiplexers = std::variant<  //
    OpenTable<Key, AnyHash>,          //
    LinearList<Key>,                  //
    BsdList<Key>,                     //
    MoveToFrontList<Key>,             //
    SendReceiveList<Key>,             //
    HashedChains<Key, AnyHash>,       //
    SequentChains<Key, AnyHash>,      //
    LinuxTable<Key, AnyHash>,         //
    FlatTable<Key, AnyHash>>;

/// What AnyDemux is made from.
struct AnyDemuxConfig {
  Algorithm algorithm;
  std::uint64_t seed = 0;  ///< Of the secret of the hash.
};

/// Any table of the list.
template <class Key, class Tables>
class AnyTable : public OneOf<Key, Tables> {
 public:
  explicit AnyTable(const AnyDemuxConfig& config)
      : OneOf<Key, Tables>(config.algorithm.table, DemuxConfig{{config.algorithm.hash, config.seed},
                                                               config.algorithm.number}) {}
};

/// Receive-side scaling in front of several tables, all of them the same one of the list.
template <class Key, class Tables>
class AnyRss : public RssQueues<Key, AnyTable<Key, Tables>, AnyDemuxConfig> {
 public:
  explicit AnyRss(const AnyDemuxConfig& config)
      : RssQueues<Key, AnyTable<Key, Tables>, AnyDemuxConfig>(config.algorithm.queues, config) {}
};

template <class Key, class Tables>
using AnyFront = OneOf<Key, std::variant<AnyTable<Key, Tables>, AnyRss<Key, Tables>>>;

/// A Demultiplexer that is any table of the list, alone or behind receive-side scaling. With a list
/// of your own, Algorithm::table counts its places.
template <class Key, class Tables = Demultiplexers<Key>>
class AnyDemux : public AnyFront<Key, Tables> {
 public:
  AnyDemux(const Algorithm& algorithm, std::uint64_t seed)
      : AnyFront<Key, Tables>(algorithm.queues == 0 ? 0 : 1, AnyDemuxConfig{algorithm, seed}) {}
  /// The first of the list.
  explicit AnyDemux(const DemuxConfig& config = {})
      : AnyDemux(Algorithm{0, config.number, config.hash.kind, 0}, config.hash.seed) {}
};

static_assert(Demultiplexer<AnyDemux<FourTuple4>, FourTuple4>);
static_assert(Demultiplexer<AnyDemux<FourTuple6>, FourTuple6>);

}  // namespace demuxsim
