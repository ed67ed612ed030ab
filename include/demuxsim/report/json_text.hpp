// JSON's strings, and the names in records as such strings, remembered so that a line needs no
// look-up in the directory and no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "demuxsim/net/segment.hpp"
#include "demuxsim/trace/directory.hpp"

namespace demuxsim {

/// Appends `text` as a JSON string with its quotes (RFC 8259 section 7). Bytes that are not UTF-8
/// become U+FFFD.
void append_json(std::string& out, std::string_view text);

/// Appends an object with the TCP options of a segment, under their names.
void append_options_json(std::string& out, const Segment& segment);

/// Texts made on demand, the most recent one in each slot.
template <class Key>
class TextCache {
 public:
  /// The text of `key`, from `make(text)` if it is not at hand. Good until the next call.
  template <class Make>
  std::string_view get(const Key& key, std::uint64_t hash, Make make) {
    Slot& slot = slots_[hash % kSlots];
    if (slot.text.empty() || slot.key != key) {
      slot.key = key;
      slot.text.clear();
      make(slot.text);
    }
    return slot.text;
  }

 private:
  static constexpr std::size_t kSlots = 1024;
  struct Slot {
    Key key{};
    std::string text;
  };
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);
};

/// The names of a run as JSON strings, quotes included.
class JsonNames {
 public:
  /// The directory must outlive this.
  explicit JsonNames(const Directory& directory) : directory_(directory) {}

  /// `"web"`.
  std::string_view host(HostId host);
  /// `"open"`.
  std::string_view algorithm(HostId host);
  /// `"web/nginx"`, or `null` without a process.
  std::string_view process(HostId host, ProcessId process);
  /// `"a1"`, or `null` for a socket without a name.
  std::string_view socket(SocketName name);
  /// `10.0.0.1`, without quotes, since nothing in it needs escaping.
  std::string_view address(const IpAddress& address);
  /// What stands before the port in an endpoint: `10.0.0.1:`, `[::1]:`, `*:`. Without quotes.
  std::string_view before_port(const IpAddress& address);

 private:
  struct ProcessKey {
    HostId host;
    ProcessId process;
    friend bool operator==(ProcessKey, ProcessKey) = default;
  };

  const Directory& directory_;
  TextCache<HostId> hosts_;
  TextCache<HostId> algorithms_;
  TextCache<ProcessKey> processes_;
  TextCache<SocketName> sockets_;
  TextCache<IpAddress> addresses_;
};

}  // namespace demuxsim
