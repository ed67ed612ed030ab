// The name of a way of finding connections: which table, its number, its hash, and whether the hash
// of receive-side scaling spreads segments over several of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "demuxsim/core/result.hpp"
#include "demuxsim/demux/demultiplexer.hpp"

namespace demuxsim {

/// Written `NAME`, `NAME:NUMBER`, either with `@HASH` behind; and `rss:QUEUES/` before all that:
/// `open`, `sequent:19`, `chains:100@crc32c`, `rss:4/open`.
struct Algorithm {
  std::uint8_t table = 0;    ///< Its place in table_infos().
  std::uint32_t number = 0;  ///< Of the table; 0: its usual one, or it has none.
  HashKind hash = HashKind::siphash;
  std::uint32_t queues = 0;  ///< 0: no receive-side scaling.
  friend constexpr bool operator==(const Algorithm&, const Algorithm&) = default;
};

/// Of receive-side scaling, which stands before a table.
inline constexpr AlgorithmInfo kRssInfo{"rss", "queues", 4, 128, false};

/// Every table there is; the first is the default.
std::span<const AlgorithmInfo> table_infos();

inline const AlgorithmInfo& info_of(const Algorithm& algorithm) {
  return table_infos()[algorithm.table];
}

/// Its name in full, as parse_algorithm takes it: with the number where the table has one, and
/// with the hash where it is not the usual one.
std::string to_string(const Algorithm& algorithm);

/// The error tells what is wrong with the text.
Result<Algorithm, std::string> parse_algorithm(std::string_view text);

}  // namespace demuxsim
