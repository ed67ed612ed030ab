// The names behind the numbers in records: hosts, processes, sockets. Made once, before a run.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// The first process of each host has this pid, the next one more.
inline constexpr std::uint32_t kFirstPid = 101;

constexpr std::uint32_t pid_of(ProcessId process) { return kFirstPid + process.value; }

/// Hosts and processes that differ only by number share one entry, so that a hundred thousand
/// hosts cost a few bytes each.
class Directory {
 public:
  struct ProcessGroup {
    std::string name;  ///< "nginx"; with count > 1: "nginx.0", "nginx.1" ...
    std::uint32_t count = 1;
    bool numbered = false;  ///< The scenario gave a count.
  };
  struct HostGroup {
    std::string name;
    std::uint32_t count = 1;
    bool numbered = false;
    std::string algorithm;  ///< The name of its look-up algorithm.
    std::vector<ProcessGroup> processes;
  };

  /// A group and the number of its first host.
  struct Entry {
    std::uint32_t first = 0;
    HostGroup group;
  };

  void add(HostGroup group);
  /// The next base of SocketName.
  void add_socket_name(std::string name) { socket_names_.push_back(std::move(name)); }

  /// In the order of their hosts.
  std::span<const Entry> entries() const { return entries_; }
  std::uint32_t host_count() const { return host_count_; }
  std::size_t longest_host_name() const { return longest_host_name_; }
  /// "web", "client.17".
  std::string host(HostId host) const;
  /// "nginx", "worker.2": without the host.
  std::string process(HostId host, ProcessId process) const;
  /// "a1", "a1.3", "a1.first"; empty for a socket that has a number only so that the answer to its
  /// call can be found. Precondition: the name is one.
  std::string socket(SocketName name) const;
  const std::string& algorithm(HostId host) const { return group_of(host).group.algorithm; }
  const std::vector<ProcessGroup>& processes(HostId host) const {
    return group_of(host).group.processes;
  }

 private:
  const Entry& group_of(HostId host) const;

  std::vector<Entry> entries_;
  std::vector<std::string> socket_names_;
  std::uint32_t host_count_ = 0;
  std::size_t longest_host_name_ = 0;
};

}  // namespace demuxsim
