#include "kernel/socket_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string>
#include <unistd.h>

#include "kernel/socket_address.hpp"

namespace demuxsim::kernel {
namespace {

/// By the number of include/net/tcp_states.h; TCP_NEW_SYN_RECV is last.
constexpr std::array kStates{TcpState::closed,       TcpState::established, TcpState::syn_sent,
                             TcpState::syn_received, TcpState::fin_wait_1,  TcpState::fin_wait_2,
                             TcpState::time_wait,    TcpState::closed,      TcpState::close_wait,
                             TcpState::last_ack,     TcpState::listen,      TcpState::closing,
                             TcpState::syn_received};

std::optional<std::uint32_t> hexadecimal(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The words of an address are printed as numbers of this machine, though they are in network
/// byte order.
IpAddress address_in(std::string_view text) {
  in6_addr bytes{};
  const std::size_t words = text.size() / 8;
  for (std::size_t i = 0; i < words && i < 4; ++i) {
    const std::uint32_t word = hexadecimal(text.substr(8 * i, 8)).value_or(0);
    std::memcpy(bytes.s6_addr + 4 * i, &word, sizeof word);
  }
  if (words != 1) return address_of(bytes);
  std::uint32_t ipv4 = 0;
  std::memcpy(&ipv4, bytes.s6_addr, sizeof ipv4);
  return IpAddress::ipv4(ntohl(ipv4));
}

Endpoint endpoint_in(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size() - 1);
  const auto port = static_cast<std::uint16_t>(hexadecimal(text.substr(colon + 1)).value_or(0));
  return {address_in(text.substr(0, colon)), Port{port}};
}

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

std::string read_all(const char* path) {
  const Descriptor file(checked(::open(path, O_RDONLY | O_CLOEXEC), path));
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const auto size = ::read(file.get(), buffer.data(), buffer.size());
    if (checked(static_cast<int>(size), path) == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

void add_listed_socket(std::string_view line, HostId host, std::vector<SeenSocket>& sockets) {
  next_word(line);
  const std::string_view local = next_word(line);
  const std::string_view peer = next_word(line);
  const auto state = hexadecimal(next_word(line));
  if (!state || *state >= kStates.size() || local.empty() || peer.empty()) return;
  SeenSocket socket{host, kStates[*state], endpoint_in(local), endpoint_in(peer)};
  if (socket.peer.address.is_unspecified()) socket.peer = {};
  if (socket.state != TcpState::closed) sockets.push_back(socket);
}

std::vector<SeenSocket> sockets_of(const NetworkNamespace& where, HostId host) {
  const Visit visit(where);
  std::vector<SeenSocket> sockets;
  for (const char* path : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    const std::string text = read_all(path);
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      add_listed_socket(line, host, sockets);
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
  }
  std::sort(sockets.begin(), sockets.end());
  return sockets;
}

}  // namespace demuxsim::kernel
