// What StatsSink has counted, as tables to read, as JSON and as CSV.
#pragma once

#include <string>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/results.hpp"
#include "demuxsim/report/stats.hpp"

namespace demuxsim {

/// Aligned tables, each with a line for a host and below it one for each of its processes; the
/// first 20 of both, and how many more there are. `end` is when the run ended. Columns and rows of
/// what never happened are left out.
void write_stats(ByteSink& out, const StatsSink& stats, SimTime end, bool colour);

/// The members `"hosts"` and `"strangers"` of an object. A host has `host`, `count` (more than one:
/// a whole group, named `client.*`), its numbers, `dropped` (by reason), `ports_over_time` and
/// `processes`, each with `process`, `count` and its numbers. The last process is null: what
/// concerns none. `strangers` has the drops of segments from addresses that no host has.
void write_stats_json(ByteSink& out, const StatsSink& stats);
/// A line for each host: `t_ns`, `kind` ("stats") and the same object.
void write_stats_jsonl(ByteSink& out, const StatsSink& stats, SimTime end);

/// A heading and a line for each number: `level,host,process,metric,key,value`. The level is
/// `host` (all of it), `process`, `nobody` (what concerns no process), `strangers` or `run` (the
/// summary). The numbers of the processes and nobody add up to those of the host. Every value is a
/// number. The key is a direction, rule, outcome or reason; of `examined_histogram` the number of
/// keys, from 8 on a range of them (`8-15`), of `ports_in_use_...` nanoseconds.
void write_stats_csv(ByteSink& out, const StatsSink& stats, const Summary& summary);

}  // namespace demuxsim
