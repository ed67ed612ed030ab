// `demuxsim ports QUERY..`: what a port number, a service name or a range of ports is.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace demuxsim::cli {

enum class PortsFormat : std::uint8_t {
  text,
  json,   ///< One array with all answers.
  jsonl,  ///< An object a line.
};

/// Appends the answers to `out` and complaints to `err`. A query is a number (`443`), the name of a
/// service (`http`), a range (`6000-6063`) or a class of ports (`well-known`, `registered`,
/// `ephemeral`). Returns the exit status: 0, or 2 if a query made no sense; the others are answered
/// all the same.
///
/// As JSON a port has `query`, `port`, `class`, `class_first`, `class_last`, `needs_privilege`,
/// `status` (`assigned`, `reserved`, `unassigned`), `services` and `ephemeral_on`, the systems that
/// give it out by themselves. A range has `query`, `first`, `last`, `ports`, `classes`, how many
/// are `assigned`, `reserved` and `unassigned`, its first `services` and `services_total`. A
/// service without a port has `query`, `name` and a `port` of null.
int run_ports(std::span<const std::string> queries, PortsFormat format, std::string& out,
              std::string& err);

}  // namespace demuxsim::cli
