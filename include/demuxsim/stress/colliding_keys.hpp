// The connections of an attacker who knows how a table finds them: see collisions.hpp. This decides
// what is worth working out against which table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "demuxsim/core/result.hpp"
#include "demuxsim/demux/algorithm.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

/// Keys of `count` connections to one server that collide in the table: under its hash where that
/// is no secret, under the published key of "toeplitz" where it is "toeplitz-keyed", and under
/// "crc32c" where it is "siphash" or the table does not hash: the attacker tries what he can. The
/// error says why there are none.
Result<std::vector<FourTuple4>, std::string> colliding_keys(const Algorithm& algorithm,
                                                            std::uint32_t count);

}  // namespace demuxsim
