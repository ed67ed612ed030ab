#include "scenario/decode_step.hpp"

#include <array>
#include <vector>

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

using Key = std::string_view;

constexpr std::array<Key, 14> kActions{"bind",  "listen", "connect",   "send",   "shutdown",
                                       "close", "abort",  "exit",      "reboot", "inject",
                                       "down",  "up",     "partition", "heal"};

/// The keys besides those that every step may have.
constexpr std::array<Key, 8> kBindKeys{
    "bind", "by", "socket", "as", "reuse", "bind_address_no_port", "expect", "within"};
constexpr std::array<Key, 6> kListenKeys{"listen", "by", "socket", "as", "expect", "within"};
constexpr std::array<Key, 9> kConnectKeys{"connect",      "by",    "socket", "as",    "from_port",
                                          "from_address", "reuse", "expect", "within"};
constexpr std::array<Key, 4> kSendKeys{"send", "socket", "expect", "within"};
constexpr std::array<Key, 4> kShutdownKeys{"shutdown", "socket", "expect", "within"};
constexpr std::array<Key, 4> kCloseKeys{"close", "socket", "expect", "within"};
constexpr std::array<Key, 4> kAbortKeys{"abort", "socket", "expect", "within"};
constexpr std::array<Key, 2> kExitKeys{"exit", "by"};
constexpr std::array<Key, 2> kRebootKeys{"reboot", "by"};
constexpr std::array<Key, 2> kInjectKeys{"inject", "by"};
constexpr std::array<Key, 2> kDownKeys{"down", "link"};
constexpr std::array<Key, 2> kUpKeys{"up", "link"};
constexpr std::array<Key, 1> kPartitionKeys{"partition"};
constexpr std::array<Key, 1> kHealKeys{"heal"};

enum class Half : std::uint8_t { write };
constexpr std::array kHalves{Word<Half>{"write", Half::write}};

/// `true`, which says no more than the key does.
bool decode_true(const ValueNode& value, Draft& draft) {
  const auto yes = decode_flag(value, draft.diagnostics);
  if (yes && !*yes) {
    complain(draft.diagnostics, value,
             fmt::format("write '{}: true', or leave the step out", value.key));
  }
  return yes.value_or(false);
}

/// Who acts: the process named by `by`, or the owner of `socket`.
bool decode_actor(const Record& record, StepSpec& step, Draft& draft) {
  record.exclude("by", "socket");
  if (record.has("socket")) {
    record.exclude("socket", "as");
    return record.read("socket", step.socket, in<decode_socket_name>(draft));
  }
  return record.need("by") != nullptr && record.read("by", step.by, in<decode_process_name>(draft));
}

bool decode_socket(const Record& record, StepSpec& step, Draft& draft) {
  return record.need("socket") != nullptr &&
         record.read("socket", step.socket, in<decode_socket_name>(draft));
}

void decode_step_reuse(const Record& record, StepSpec& step) {
  Reuse reuse;
  if (!record.read("reuse", reuse, decode_reuse)) return;
  step.reuse_address = reuse.address;
  step.reuse_port = reuse.port;
}

bool decode_bind(const Record& record, const ValueNode& value, StepSpec& step, Draft& draft) {
  decode_step_reuse(record, step);
  record.read("bind_address_no_port", step.no_port, decode_flag);
  for (const Key key : {"reuse", "bind_address_no_port"}) record.exclude("socket", key);
  const bool actor = decode_actor(record, step, draft);
  const auto local = decode_local(value, draft);
  if (local) step.target = *local;
  return actor && local;
}

bool decode_connect(const Record& record, StepSpec& step, Draft& draft) {
  decode_step_reuse(record, step);
  Port from_port;
  if (record.read("from_port", from_port, decode_port)) step.from_port = from_port;
  IpAddress from_address;
  if (record.read("from_address", from_address, decode_address)) step.from_address = from_address;
  for (const Key key : {"from_port", "from_address", "reuse"}) record.exclude("socket", key);
  return decode_actor(record, step, draft);
}

bool decode_listen_step(const Record& record, const ValueNode& value, StepSpec& step,
                        Draft& draft) {
  const bool actor = decode_actor(record, step, draft);
  const auto listen = decode_listen(value, draft, record.has("socket"));
  if (listen) step.listen = *listen;
  return actor && listen;
}

bool decode_send(const Record& record, const ValueNode& value, StepSpec& step, Draft& draft) {
  const auto bytes = decode_bytes(value, draft.diagnostics);
  if (bytes && *bytes == 0) complain(draft.diagnostics, value, "there is nothing to send");
  step.bytes = bytes.value_or(0);
  return decode_socket(record, step, draft) && step.bytes > 0;
}

/// `by: web/nginx, exit: true`, or shorter `exit: web/nginx`.
bool decode_exit(const Record& record, const ValueNode& value, StepSpec& step, Draft& draft) {
  if (record.has("by")) {
    return decode_true(value, draft) && record.read("by", step.by, in<decode_process_name>(draft));
  }
  const auto process = decode_process_name(value, draft);
  if (process) step.by = *process;
  return process.has_value();
}

/// `by: web, reboot: true`, or shorter `reboot: web`.
bool decode_reboot(const Record& record, const ValueNode& value, StepSpec& step, Draft& draft) {
  if (record.has("by")) {
    return decode_true(value, draft) &&
           record.read("by", step.by.host, in<decode_host_name>(draft));
  }
  const auto host = decode_host_name(value, draft);
  if (host) step.by.host = *host;
  return host.has_value();
}

}  // namespace

std::span<const std::string_view> action_keys() { return kActions; }

StepForm form_of(StepAction action) {
  switch (action) {
    case StepAction::bind:
      return {"a 'bind' step", kBindKeys};
    case StepAction::listen:
      return {"a 'listen' step", kListenKeys};
    case StepAction::connect:
      return {"a 'connect' step", kConnectKeys};
    case StepAction::send:
      return {"a 'send' step", kSendKeys};
    case StepAction::shutdown_write:
      return {"a 'shutdown' step", kShutdownKeys};
    case StepAction::close:
      return {"a 'close' step", kCloseKeys};
    case StepAction::abort:
      return {"an 'abort' step", kAbortKeys};
    case StepAction::exit:
      return {"an 'exit' step", kExitKeys};
    case StepAction::reboot:
      return {"a 'reboot' step", kRebootKeys};
    case StepAction::inject:
      return {"an 'inject' step", kInjectKeys};
    case StepAction::link_down:
      return {"a 'down' step", kDownKeys};
    case StepAction::link_up:
      return {"an 'up' step", kUpKeys};
    case StepAction::partition:
      return {"a 'partition' step", kPartitionKeys};
    case StepAction::heal:
      return {"a 'heal' step", kHealKeys};
  }
  return {};
}

bool decode_action(const Record& record, const ValueNode& value, StepSpec& step, Draft& draft) {
  switch (step.action) {
    case StepAction::bind:
      return decode_bind(record, value, step, draft);
    case StepAction::listen:
      return decode_listen_step(record, value, step, draft);
    case StepAction::connect:
      return decode_connect(record, step, draft);
    case StepAction::send:
      return decode_send(record, value, step, draft);
    case StepAction::shutdown_write: {
      const auto half = decode_word(value, "half to shut down", kHalves, draft.diagnostics);
      return decode_socket(record, step, draft) && half;
    }
    case StepAction::close:
    case StepAction::abort: {
      const bool yes = decode_true(value, draft);
      return decode_socket(record, step, draft) && yes;
    }
    case StepAction::exit:
      return decode_exit(record, value, step, draft);
    case StepAction::reboot:
      return decode_reboot(record, value, step, draft);
    case StepAction::inject:
      return decode_inject(record, value, step, draft);
    case StepAction::link_down:
    case StepAction::link_up: {
      const bool yes = decode_true(value, draft);
      return decode_link_choice(record, step, draft) && yes;
    }
    case StepAction::partition:
      return decode_partition(value, step, draft);
    case StepAction::heal:
      step.by.host = HostId{0};
      return decode_true(value, draft);
  }
  return false;
}

}  // namespace demuxsim::loading
