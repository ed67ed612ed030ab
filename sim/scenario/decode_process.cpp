#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_record.hpp"
#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::uint32_t kMostProcessesOfHost = 100'000;
constexpr std::uint64_t kMostConnections = 1'000'000'000'000;

constexpr std::array kSetUps{Word<SetUp>{"same-port", SetUp::same_port},
                             Word<SetUp>{"announce", SetUp::announce},
                             Word<SetUp>{"switch-port", SetUp::switch_port}};
constexpr std::array kCloseRules{Word<CloseRule>{"after-reply", CloseRule::after_reply},
                                 Word<CloseRule>{"after-peer", CloseRule::after_peer},
                                 Word<CloseRule>{"never", CloseRule::never}};

enum class ReuseWord : std::uint8_t { address, port };
constexpr std::array kReuseWords{Word<ReuseWord>{"address", ReuseWord::address},
                                 Word<ReuseWord>{"port", ReuseWord::port}};

template <auto& words>
auto word(std::string_view what) {
  return [what](const ValueNode& node, DiagnosticCollector& diagnostics) {
    return decode_word(node, what, words, diagnostics);
  };
}

/// Where a listener's record says that it listens.
std::optional<Endpoint> listen_place(const Record& record, Draft& draft) {
  Endpoint local;
  const ValueNode* const port = record.need("port");
  record.read("address", local.address, in<decode_local_address>(draft));
  if (port == nullptr || !record.read("port", local.port, decode_port_or_zero)) {
    return std::nullopt;
  }
  return local;
}

std::optional<ListenConfig> decode_listen_record(const ValueNode& node, Draft& draft, bool bound) {
  const Record record(
      node, "a listener",
      {"port", "address", "backlog", "reuse", "setup", "reply", "reply_after", "close", "accept"},
      draft.diagnostics);
  ListenConfig listen;
  bool placed = bound;
  if (bound) {
    for (const std::string_view key : {"port", "address", "reuse"}) {
      const ValueNode* const given = record.find(key);
      if (given == nullptr) continue;
      draft.diagnostics.add(given->key_span,
                            fmt::format("'{}' is settled by the bind of this socket", key));
    }
  } else if (const auto local = listen_place(record, draft)) {
    listen.local = *local;
    placed = true;
  }
  record.read("backlog", listen.backlog, Limited<std::uint32_t>{{"a backlog", 1, 1'000'000}});
  Reuse reuse;
  record.read("reuse", reuse, decode_reuse);
  listen.reuse_address = reuse.address;
  listen.reuse_port = reuse.port;
  record.read("setup", listen.set_up, word<kSetUps>("setup"));
  record.read("reply", listen.reply_bytes, decode_bytes);
  record.read("reply_after", listen.reply_delay, decode_time);
  record.read("close", listen.close, word<kCloseRules>("close"));
  record.read("accept", listen.accept, decode_flag);
  if (!placed) return std::nullopt;
  return listen;
}

void decode_listens(const ValueNode& node, ProcessSpec& process, Draft& draft) {
  const auto add = [&](const ValueNode& item) {
    auto listen = decode_listen(item, draft, false);
    if (!listen) return;
    if (listen->local.port.value == 0) {
      complain(draft.diagnostics, item, "port 0 is reserved: it never names a process");
      return;
    }
    process.listens.push_back(*listen);
    process.listen_spans.push_back(item.span);
  };
  if (node.is_list()) {
    for (const ValueNode& item : node.items) add(item);
  } else {
    add(node);
  }
}

/// A number, or `forever`.
std::optional<std::uint64_t> decode_times(const ValueNode& node, DiagnosticCollector& diagnostics) {
  if (node.is_scalar() && node.text == "forever") return ClientConfig::kEndless;
  return Limited<std::uint64_t>{{"a number of connections", 1, kMostConnections}}(node,
                                                                                  diagnostics);
}

/// A number of requests on one connection, or a record of it.
void decode_requests(const ValueNode& node, ClientConfig& client,
                     DiagnosticCollector& diagnostics) {
  const auto times = [](const ValueNode& value,
                        DiagnosticCollector& d) -> std::optional<std::uint32_t> {
    if (value.is_scalar() && value.text == "forever") return ClientConfig::kEndlessRequests;
    return Limited<std::uint32_t>{{"a number of requests", 1, 1'000'000'000}}(value, d);
  };
  if (!node.is_map()) {
    client.requests = times(node, diagnostics).value_or(1);
    return;
  }
  const Record record(node, "requests", {"times", "every", "arrivals", "think"}, diagnostics);
  record.need("times");
  record.read("times", client.requests, times);
  record.read("every", client.request_every, decode_positive_time);
  record.read("arrivals", client.request_mean_gap, decode_frequency);
  if (const ValueNode* const think = record.find("think"); think != nullptr && think->is_map()) {
    const Record random(*think, "a think time at random", {"mean"}, diagnostics);
    if (random.need("mean") != nullptr) {
      random.read("mean", client.request_mean_think, decode_positive_time);
    }
  } else {
    record.read("think", client.request_think, decode_time);
  }
  record.exclude("every", "arrivals");
  record.exclude("think", "every");
  record.exclude("think", "arrivals");
}

ClientConfig decode_client(const Record& record, DiagnosticCollector& diagnostics) {
  ClientConfig client;
  record.read("every", client.every, decode_positive_time);
  record.read("arrivals", client.mean_gap, decode_frequency);
  const bool by_clock = record.has("every") || record.has("arrivals");
  record.exclude("every", "arrivals");
  client.times = by_clock && !record.has("times") ? ClientConfig::kEndless : 1;
  record.read("times", client.times, decode_times);
  record.read("request", client.request_bytes, decode_bytes);
  if (const ValueNode* const requests = record.find("requests")) {
    decode_requests(*requests, client, diagnostics);
    if (!record.has("request")) {
      complain(diagnostics, *requests, "'requests' needs 'request': how much each sends");
    }
  }
  record.read("hold", client.hold, decode_time);
  record.read("think", client.think, decode_time);
  record.read("close", client.close, decode_flag);
  return client;
}

/// `connect: "web:80"` or a record with `to`.
void decode_workload(const ValueNode& node, bool part, ProcessSpec& process, Draft& draft) {
  PendingConnect pending;
  pending.group = static_cast<std::uint32_t>(draft.spec.hosts.size() - 1);
  pending.process = draft.spec.hosts.back().processes.size();
  const ValueNode* to = &node;
  if (node.is_scalar()) {
    process.client = ClientConfig{};
  } else {
    const Record record(
        node, "a workload",
        {"to", "times", "every", "arrivals", "request", "requests", "hold", "think", "close"},
        draft.diagnostics);
    process.client = decode_client(record, draft.diagnostics);
    to = record.need("to");
    if (to == nullptr) return;
  }
  if (!part) return;
  if (process.client->times == ClientConfig::kEndless ||
      process.client->requests == ClientConfig::kEndlessRequests)
    draft.ends_never.push_back(node.key_span);
  // Hosts further down in the file have no names yet; resolve_connects reads the target.
  pending.to = to;
  draft.connects.push_back(pending);
}

void decode_process(const ValueNode& node, Draft& draft) {
  const Record record(node, "a process", {"when", "count", "listen", "connect", "privileged"},
                      draft.diagnostics);
  const bool part = takes_part(node, draft);
  if (const auto error = check_name(node.key, "process")) {
    draft.diagnostics.add(node.key_span, error->message).help = error->help;
  }
  ProcessSpec process;
  process.name = node.key;
  process.span = node.key_span;
  process.numbered = record.has("count");
  record.read("count", process.count,
              Limited<std::uint32_t>{{"a number of processes", 1, kMostProcessesOfHost}});
  record.read("privileged", process.privileged, decode_flag);
  if (const ValueNode* const listen = record.find("listen")) {
    decode_listens(*listen, process, draft);
  }
  if (const ValueNode* const connect = record.find("connect")) {
    decode_workload(*connect, part, process, draft);
  }
  if (!part) return;
  NameTable& names = draft.processes.back();
  if (names.size() + process.count > kMostProcessesOfHost) {
    draft.diagnostics.add(process.span, fmt::format("too many processes: at most {} on a host",
                                                    kMostProcessesOfHost));
    process.count = 1;
  }
  names.add(process.name, process.count, process.numbered, process.span);
  draft.spec.hosts.back().processes.push_back(std::move(process));
}

}  // namespace

std::optional<Reuse> decode_reuse(const ValueNode& node, DiagnosticCollector& diagnostics) {
  Reuse reuse;
  for (const ReuseWord each :
       decode_one_or_more<ReuseWord>(node, diagnostics, word<kReuseWords>("reuse"))) {
    (each == ReuseWord::address ? reuse.address : reuse.port) = true;
  }
  return reuse;
}

std::optional<ListenConfig> decode_listen(const ValueNode& node, Draft& draft, bool bound) {
  if (!node.is_scalar()) return decode_listen_record(node, draft, bound);
  if (bound) {
    const auto yes = decode_flag(node, draft.diagnostics);
    if (yes && *yes) return ListenConfig{};
    if (yes) complain(draft.diagnostics, node, "write true, or leave the step out");
    return std::nullopt;
  }
  const auto local = decode_local(node, draft);
  if (!local) return std::nullopt;
  ListenConfig listen;
  listen.local = *local;
  return listen;
}

void decode_processes(const ValueNode& node, Draft& draft) {
  if (node.is_nothing() || node.is_broken()) return;
  if (!node.is_map()) {
    complain(draft.diagnostics, node,
             fmt::format("expected a map of processes by name, found {}", describe(node)),
             "write processes: {browser: {}}");
    return;
  }
  for (const ValueNode& item : node.items) {
    if (!is_extension(item.key)) decode_process(item, draft);
  }
}

}  // namespace demuxsim::loading
