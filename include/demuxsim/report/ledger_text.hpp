// The port ledger as text and as JSON.
#pragma once

#include <span>
#include <string_view>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/ledger.hpp"
#include "demuxsim/trace/directory.hpp"

namespace demuxsim {

struct LedgerOptions {
  /// What a port is assigned to, as a name; empty where it is not assigned. Given by the caller,
  /// since reports do not know the registry. May be null.
  std::string_view (*service_name)(Port) = nullptr;
  bool colour = false;
};

/// For each host a line with its name, an aligned table of its ports, and below it what is left of
/// the ephemeral range: to destinations without connections, then to those that have some, 20 of
/// them at the most. Times are seconds since the start.
void write_ledger(ByteSink& out, std::span<const HostLedger> ledgers, const Directory& directory,
                  LedgerOptions options = {});

/// One object: `t_ns` and `hosts`, an array of objects with `host`, `ports`, `ephemeral` and
/// `destinations`. A port has `port`, `class`, `service`, `states` (counts by name), `owners`
/// (`process`, `pid`, `fd`, `descriptors`), `taken_ns`, `taken_by`, `how` ("bound" or "allocated")
/// and `free_ns` (null: when closed); the range `first`, `last`, `size`, `reserved`, `bound` and
/// `free`; a destination `source`, `destination`, `used` and `free`.
void write_ledger_json(ByteSink& out, SimTime at, std::span<const HostLedger> ledgers,
                       const Directory& directory, LedgerOptions options = {});

/// The same objects one a line, each with `t_ns`, `kind` ("port-in-use", "ephemeral-range",
/// "destination") and `host` in front.
void write_ledger_jsonl(ByteSink& out, SimTime at, std::span<const HostLedger> ledgers,
                        const Directory& directory, LedgerOptions options = {});

}  // namespace demuxsim
