// The star of short calls, made by hand: clients that call one server, one call after the other.
// What scenarios/star.yaml says in words; tests and benchmarks need it without the loader.
#pragma once

#include <chrono>
#include <cstdint>

#include "demuxsim/scenario/spec.hpp"

namespace demuxsim::workload {

struct StarOptions {
  std::uint32_t clients = 100;
  std::uint64_t calls = 10;  ///< Of each client.
  bool server_closes = false;
  Duration hold{0};  ///< How long each call lasts after its answer.
};

/// A request and a reply of 1 KiB in each call; 10 ms and 1 Gbit/s to the switch; MSL 1 s.
inline ScenarioSpec star(const StarOptions& options) {
  const IpAddress web = IpAddress::ipv4(0x0a000001);
  ListenConfig service;
  service.local = {{}, Port{80}};
  service.reply_bytes = 1024;
  service.close = options.server_closes ? CloseRule::after_reply : CloseRule::after_peer;
  ClientConfig calls;
  calls.target = {web, Port{80}};
  calls.times = options.calls;
  calls.request_bytes = calls.reply_bytes = 1024;
  calls.close = !options.server_closes;
  calls.hold = options.hold;

  ScenarioSpec spec;
  spec.seed = 1;
  spec.hosts.resize(2);
  HostGroupSpec& server = spec.hosts[0];
  server.name = "web";
  server.first = {0};
  server.addresses = {web};
  server.processes.resize(1);
  server.processes[0].listens = {service};
  HostGroupSpec& clients = spec.hosts[1];
  clients.name = "client";
  clients.first = {1};
  clients.count = options.clients;
  clients.numbered = true;
  clients.addresses = {IpAddress::ipv4(0x0a010001)};
  clients.processes.resize(1);
  clients.processes[0].client = calls;
  server.config.tcp.msl = clients.config.tcp.msl = std::chrono::seconds{1};
  spec.host_count = 1 + options.clients;
  spec.network.shared.delay = std::chrono::milliseconds{10};
  spec.network.shared.rate = {1'000'000'000};
  return spec;
}

}  // namespace demuxsim::workload
